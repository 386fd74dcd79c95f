// Rotation of pairs of numbers by an angle that grows with the position, T float or double.
//
//   kernels::RotaryShape shape = {.batch = B, .positions = T, .heads = H, .head_width = D};
//   kernels::Rotary(shape, x, false, false, y, workspace);
//
//   a_ti = (first + t) base^(-2i / D)                         for the pair i of a head's D / 2
//   y_2i = x_2i cos a - x_2i+1 sin a;  y_2i+1 = x_2i+1 cos a + x_2i sin a
//
// x, y are [B, T, C], head h in columns [h D, (h + 1) D), C = H D. The inverse, which is also the
// way of gradients, turns by -a. Angles are computed in double and rounded as sine and cosine, so
// a position's bits don't depend on `first`.
//
// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021.
#ifndef HAIRPIN_OPS_KERNELS_ROTARY_H_
#define HAIRPIN_OPS_KERNELS_ROTARY_H_

#include <cstdint>

namespace hairpin::kernels {

struct RotaryShape {
  int64_t batch = 1;       // B
  int64_t positions = 1;   // T
  int64_t heads = 1;       // H
  int64_t head_width = 2;  // D, even
  int64_t first = 0;       // the position of t = 0
  double base = 10000;
};

// Bytes of scratch: sines and cosines of all positions.
int64_t RotaryWorkspaceBytes(const RotaryShape& shape, int64_t element_bytes);

// y = x turned, or with `inverse` turned back; with `accumulate` y += it. y may be x. workspace is
// aligned to 64.
template <typename T>
void Rotary(const RotaryShape& shape, const T* x, bool inverse, bool accumulate, T* y,
            void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ROTARY_H_
