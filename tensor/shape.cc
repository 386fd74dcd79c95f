#include "tensor/shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/check.h"

namespace hairpin {

std::optional<Shape> Shape::TryMake(absl::Span<const int64_t> sizes) {
  if (sizes.size() > kMaxRank) return std::nullopt;
  Shape shape;
  // Sizes other than 0 must multiply without overflow even when one is 0:
  // strides and offsets are products of some of them.
  int64_t product = 1;
  bool empty = false;
  for (const int64_t size : sizes) {
    if (size < 0) return std::nullopt;
    if (size == 0) empty = true;
    if (size != 0 && __builtin_mul_overflow(product, size, &product)) return std::nullopt;
    shape.sizes_[shape.rank_++] = size;
  }
  shape.num_elements_ = empty ? 0 : product;
  return shape;
}

Shape::Shape(absl::Span<const int64_t> sizes) {
  const std::optional<Shape> made = TryMake(sizes);
  HAIRPIN_CHECK(made.has_value())
      << "Shape: sizes [" << absl::StrJoin(sizes, ", ") << "], expected at most " << kMaxRank
      << " sizes, none negative, whose product fits 64 bits";
  *this = *made;
}

int Shape::NormalizeAxis(int axis) const {
  const int normalized = axis < 0 ? axis + rank_ : axis;
  HAIRPIN_CHECK(normalized >= 0 && normalized < rank_)
      << "axis " << axis << " of shape " << ToString() << ", expected in [" << -rank_ << ", "
      << rank_ << ")";
  return normalized;
}

Shape Shape::With(int axis, int64_t size) const {
  std::array<int64_t, kMaxRank> sizes = sizes_;
  sizes[NormalizeAxis(axis)] = size;
  return Shape(absl::MakeConstSpan(sizes.data(), rank_));
}

int64_t Shape::Product(int begin, int end) const {
  int64_t product = 1;
  for (int axis = begin; axis < end; ++axis) product *= sizes_[axis];
  return product;
}

std::string Shape::ToString() const { return absl::StrCat("[", absl::StrJoin(sizes(), ", "), "]"); }

std::optional<Shape> BroadcastShapes(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<int64_t, Shape::kMaxRank> sizes = {};
  for (int i = 1; i <= rank; ++i) {
    const int64_t size_a = i <= a.rank() ? a[-i] : 1;
    const int64_t size_b = i <= b.rank() ? b[-i] : 1;
    if (size_a != size_b && size_a != 1 && size_b != 1) return std::nullopt;
    sizes[rank - i] = size_a == 1 ? size_b : size_a;
  }
  return Shape::TryMake(absl::MakeConstSpan(sizes.data(), rank));
}

}  // namespace hairpin
