// A reduction of an array over some of its axes, taken apart into loops over
// what stays and over what is reduced.
//
//   const ReductionLoops r = MakeReduction(x_shape, y_shape);
//
// Where inner_reduced, output `index` takes together the r.reduced.elements spans
// of r.inner elements that begin at r.outer.OffsetsOf(index) and each offset of
// r.reduced; otherwise outputs [index, index + 1) r.inner take such spans together
// element by element.
#ifndef HAIRPIN_OPS_KERNELS_REDUCTION_LOOPS_H_
#define HAIRPIN_OPS_KERNELS_REDUCTION_LOOPS_H_

#include <cstdint>

#include "ops/kernels/loop_nest.h"

namespace hairpin {

struct ReductionLoops {
  LoopNest<1> outer;    // kept axes, without the innermost axis of x
  LoopNest<1> reduced;  // likewise, reduced
  int64_t inner = 1;    // size of the innermost axis, contiguous in x
  bool inner_reduced = false;
};

// Reduced are the axes in which y_shape, aligned at its end with x_shape, is
// absent or 1. CHECKs that y_shape broadcasts to x_shape.
inline ReductionLoops MakeReduction(const Shape& x_shape, const Shape& y_shape) {
  // Array 0 is x, array 1 is y with stride 0 where it is reduced.
  const LoopNest<2> nest = BroadcastNest<1>(x_shape, {&y_shape});
  ReductionLoops r;
  r.inner = nest.inner_size();
  r.inner_reduced = nest.rank > 0 && nest.inner_strides()[1] == 0;
  for (int axis = 0; axis + 1 < nest.rank; ++axis) {
    LoopNest<1>& side = nest.strides[axis][1] == 0 ? r.reduced : r.outer;
    side.Append(nest.sizes[axis], {nest.strides[axis][0]});
  }
  return r;
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_REDUCTION_LOOPS_H_
