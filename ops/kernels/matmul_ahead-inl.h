// What a matrix product reads next, asked for while it multiplies.
//
// A core waits some hundred cycles for a line that is not in its own caches, and the strided
// panels of an operand are no pattern that it foresees. A tile has a step to spare for each line.
#if defined(HAIRPIN_OPS_KERNELS_MATMUL_AHEAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_MATMUL_AHEAD_INL_H_
#undef HAIRPIN_OPS_KERNELS_MATMUL_AHEAD_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_MATMUL_AHEAD_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// The memory in which terms [k_begin, k_end) of `count` rows (columns) from `first` lie, handed out
// to one tile after another: a line a step along it, or two of each stored row where it has gaps.
template <class T>
class Ahead {
 public:
  Ahead() = default;  // nothing
  Ahead(const Operand<T>& from, int64_t first, int64_t count, int64_t k_begin, int64_t k_end) {
    if (count <= 0 || k_begin >= k_end) return;
    // As stored: `rows_` rows of `columns` elements each.
    const int64_t columns = from.k_contiguous ? k_end - k_begin : count;
    const int64_t row = from.k_contiguous ? first : k_begin;
    const int64_t column = from.k_contiguous ? k_begin : first;
    at_ = reinterpret_cast<const char*>(from.data + row * from.step + column);
    step_ = from.step * int64_t{sizeof(T)};
    rows_ = from.k_contiguous ? count : k_end - k_begin;
    if (columns == from.step) {  // without gaps: one long row
      passes_ = CeilDiv(rows_ * step_, kLine);
      along_ = true;
    } else {
      // Exact for rows that begin alike within a line; others may lack their last.
      const int64_t begin = reinterpret_cast<uintptr_t>(at_) % kLine;
      passes_ = CeilDiv(begin + columns * int64_t{sizeof(T)}, 2 * kLine);
    }
  }

  bool done() const { return passes_ == 0; }

  // For the next tile, of k steps.
  Prefetch Next(int64_t k) {
    if (done()) return {};
    if (along_) {
      const Prefetch next = {.at = at_, .step = kLine, .count = std::min(k, passes_)};
      at_ += next.count * kLine;
      passes_ -= next.count;
      return next;
    }
    const Prefetch next = {.at = at_ + row_ * step_,
                           .step = step_,
                           .count = std::min(k, rows_ - row_),
                           .second = kLine};
    row_ += next.count;
    if (row_ == rows_) {
      row_ = 0;
      at_ += 2 * kLine;
      --passes_;
    }
    return next;
  }

 private:
  static constexpr int64_t kLine = 64;

  const char* at_ = nullptr;
  ptrdiff_t step_ = 0;
  int64_t rows_ = 0, row_ = 0;
  int64_t passes_ = 0;  // pairs of lines of a row, or lines of all, that are left
  bool along_ = false;
};

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_AHEAD_INL_H_
