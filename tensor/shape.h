// Shape: the sizes of a tensor's axes, outermost first.
//
//   Shape shape({8, 64, 192});
//   shape.rank();       // 3
//   shape[-1];          // 192
//   shape.num_elements();  // 98304
//
// A value type without heap memory: up to kMaxRank axes stand in the object.
// Sizes are not negative; a size of 0 makes an empty tensor. The product is
// checked once, when the shape is made, so no later arithmetic can overflow.
#ifndef HAIRPIN_TENSOR_SHAPE_H_
#define HAIRPIN_TENSOR_SHAPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>

#include "absl/types/span.h"

namespace hairpin {

class Shape {
 public:
  static constexpr int kMaxRank = 6;

  // The shape of a scalar: no axes, one element.
  Shape() = default;

  // CHECKs that there are at most kMaxRank sizes, none negative, and that the
  // number of elements fits int64. For sizes from outside use TryMake.
  Shape(std::initializer_list<int64_t> sizes)
      : Shape(absl::MakeConstSpan(sizes.begin(), sizes.size())) {}
  explicit Shape(absl::Span<const int64_t> sizes);

  // Nothing where the constructor would CHECK.
  static std::optional<Shape> TryMake(absl::Span<const int64_t> sizes);

  int rank() const { return rank_; }
  int64_t num_elements() const { return num_elements_; }

  // Axis in [-rank, rank); negative axes count from the end.
  int64_t operator[](int axis) const { return sizes_[NormalizeAxis(axis)]; }

  // The same axis in [0, rank); CHECKs that it exists.
  int NormalizeAxis(int axis) const;

  absl::Span<const int64_t> sizes() const { return {sizes_.data(), static_cast<size_t>(rank_)}; }

  // This shape with one size replaced.
  Shape With(int axis, int64_t size) const;

  // Product of the sizes of axes [begin, end).
  int64_t Product(int begin, int end) const;

  // "[8, 64, 192]"; a scalar is "[]".
  std::string ToString() const;

  friend bool operator==(const Shape& a, const Shape& b) { return a.sizes() == b.sizes(); }
  friend std::ostream& operator<<(std::ostream& stream, const Shape& shape) {
    return stream << shape.ToString();
  }

 private:
  int rank_ = 0;
  int64_t num_elements_ = 1;
  std::array<int64_t, kMaxRank> sizes_ = {};
};

// The shape that two operands broadcast to by NumPy's rule: aligned at the
// last axis, sizes equal or one of them 1. Nothing where they don't fit.
std::optional<Shape> BroadcastShapes(const Shape& a, const Shape& b);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_SHAPE_H_
