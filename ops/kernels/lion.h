// The update of Lion for one parameter, in one pass, T float or double.
//
//   kernels::Lion(gradient, n, {.learning_rate = 1e-4, .weight_decay = 0.1}, parameter, m);
//
// With g = gradient_factor gradient; sign(0) = 0, and the sign of a NaN is a NaN:
//   p = p (1 - lr decay)
//   p = p - lr sign(beta1 m + (1 - beta1) g)
//   m = beta2 m + (1 - beta2) g
//
// Source: Chen et al., "Symbolic discovery of optimization algorithms", 2023.
#ifndef HAIRPIN_OPS_KERNELS_LION_H_
#define HAIRPIN_OPS_KERNELS_LION_H_

#include <cstdint>

namespace hairpin::kernels {

struct LionStep {
  double learning_rate = 0;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;  // decoupled
  double gradient_factor = 1;
};

// gradient, parameter and m have n elements; the last two are updated.
template <typename T>
void Lion(const T* gradient, int64_t n, const LionStep& step, T* parameter, T* m);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_LION_H_
