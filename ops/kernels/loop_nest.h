// A nest of loops over several arrays at once, outermost first, with axes of
// size 1 dropped and axes merged wherever every array allows it: what
// broadcasting, reductions and strided copies have in common.
//
//   LoopNest<2> nest;                                   // y[i, j] = b[j]
//   nest.Append(rows, {columns, 0});
//   nest.Append(columns, {1, 1});
//
// After that the last axis is as long as it can be.
#ifndef HAIRPIN_OPS_KERNELS_LOOP_NEST_H_
#define HAIRPIN_OPS_KERNELS_LOOP_NEST_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "tensor/check.h"
#include "tensor/shape.h"

namespace hairpin {

template <size_t kArrays>
struct LoopNest {
  using Strides = std::array<int64_t, kArrays>;

  int rank = 0;
  std::array<int64_t, Shape::kMaxRank> sizes = {};
  std::array<Strides, Shape::kMaxRank> strides = {};  // elements, by axis and array
  int64_t elements = 1;

  // Adds an axis inside those that are there.
  void Append(int64_t size, const Strides& stride) {
    elements *= size;
    if (size == 1) return;
    if (rank > 0) {
      bool merges = true;
      for (size_t k = 0; k < kArrays; ++k) {
        merges = merges && strides[rank - 1][k] == stride[k] * size;
      }
      if (merges) {
        sizes[rank - 1] *= size;
        strides[rank - 1] = stride;
        return;
      }
    }
    sizes[rank] = size;
    strides[rank] = stride;
    ++rank;
  }

  // Size and strides of the last axis; 1 and zeros where there is none.
  int64_t inner_size() const { return rank > 0 ? sizes[rank - 1] : 1; }
  Strides inner_strides() const { return rank > 0 ? strides[rank - 1] : Strides{}; }

  // Where in each array the element stands that is `index` in row-major order
  // over the first `axes` axes.
  Strides OffsetsOf(int64_t index, int axes) const {
    Strides offsets = {};
    for (int axis = axes - 1; axis >= 0; --axis) {
      const int64_t at = index % sizes[axis];
      index /= sizes[axis];
      for (size_t k = 0; k < kArrays; ++k) offsets[k] += at * strides[axis][k];
    }
    return offsets;
  }
};

// The nest that walks `output` in row-major order beside inputs that broadcast
// to it; array 0 is the output. CHECKs that they do.
template <size_t kInputs>
LoopNest<kInputs + 1> BroadcastNest(const Shape& output,
                                    const std::array<const Shape*, kInputs>& inputs) {
  LoopNest<kInputs + 1> nest;
  std::array<std::array<int64_t, kInputs + 1>, Shape::kMaxRank> strides = {};
  int64_t product = 1;
  for (int axis = output.rank() - 1; axis >= 0; --axis) {
    strides[axis][0] = product;
    product *= output[axis];
  }
  for (size_t k = 0; k < kInputs; ++k) {
    const Shape& input = *inputs[k];
    const int shift = output.rank() - input.rank();
    HAIRPIN_CHECK(shift >= 0) << "broadcast: " << input << " has more axes than " << output;
    product = 1;
    for (int axis = input.rank() - 1; axis >= 0; --axis) {
      const int64_t size = input[axis];
      HAIRPIN_CHECK(size == 1 || size == output[axis + shift])
          << "broadcast: " << input << " does not broadcast to " << output;
      strides[axis + shift][k + 1] = size == 1 ? 0 : product;
      product *= size;
    }
  }
  for (int axis = 0; axis < output.rank(); ++axis) nest.Append(output[axis], strides[axis]);
  return nest;
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_LOOP_NEST_H_
