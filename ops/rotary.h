// Rotary positions: pairs of numbers of a head turn by an angle that grows with the position, so
// that products of a query and a key depend on their distance.
//
//   y_2i = x_2i cos a - x_2i+1 sin a;  y_2i+1 = x_2i+1 cos a + x_2i sin a
//   a = (first + t) base^(-2i / D);  dx: dy turned by -a
//
// x is [B, T, C] with C = H D, D even, head h in columns [h D, (h + 1) D). Saved: nothing. The
// output may be written over x, dx over dy.
// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021.
#ifndef HAIRPIN_OPS_ROTARY_H_
#define HAIRPIN_OPS_ROTARY_H_

#include <cstdint>

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct RotaryOptions {
  int heads = 1;      // C / heads is even
  int64_t first = 0;  // the position of t = 0, at least 0
  double base = 10000;
};

Variable Rotary(Variable x, const RotaryOptions& options);

OpDefinition RotaryDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_ROTARY_H_
