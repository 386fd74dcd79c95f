// The update of Adagrad for one parameter, in one pass, T float or double.
//
//   kernels::Adagrad(gradient, n, {.learning_rate = 0.01}, parameter, sum);
//
// The operations and their order are PyTorch's:
//   g = gradient_factor gradient + weight_decay p
//   s = s + g g
//   p = p - lr g / (sqrt(s) + eps)
//
// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning
// and stochastic optimization", JMLR 2011.
#ifndef HAIRPIN_OPS_KERNELS_ADAGRAD_H_
#define HAIRPIN_OPS_KERNELS_ADAGRAD_H_

#include <cstdint>

namespace hairpin::kernels {

struct AdagradStep {
  double learning_rate = 0;
  double epsilon = 1e-10;
  double weight_decay = 0;
  double gradient_factor = 1;
};

// gradient, parameter and sum have n elements; the last two are updated.
template <typename T>
void Adagrad(const T* gradient, int64_t n, const AdagradStep& step, T* parameter, T* sum);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ADAGRAD_H_
