// The update of Adam and AdamW for one parameter, in one pass, T float or double.
//
//   kernels::AdamWStep step = {.learning_rate = 1e-3, .weight_decay = 0.01, ...};
//   kernels::AdamW(gradient, n, step, parameter, m, v);
//
// The operations and their order are PyTorch's:
//   g = gradient_factor gradient + added p  Adam's decay
//   p = p (1 - lr decay)                    AdamW's, decoupled
//   m = m + (1 - beta1) (g - m)
//   v = v beta2 + (1 - beta2) g g
//   p = p - (lr / c1) m / (sqrt(v) / sqrt(c2) + eps)
//
// Sources: Kingma and Ba, "Adam: a method for stochastic optimization", 2015;
// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
#ifndef HAIRPIN_OPS_KERNELS_ADAMW_H_
#define HAIRPIN_OPS_KERNELS_ADAMW_H_

#include <cstdint>

namespace hairpin::kernels {

struct AdamWStep {
  double learning_rate = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  // decoupled
  double added_decay = 0;   // added to the gradient
  // 1 - beta1^t and 1 - beta2^t at step t = 1, 2, ...
  double bias_correction1 = 1;
  double bias_correction2 = 1;
  // Every gradient is multiplied by it first: clipping, and means over a batch.
  double gradient_factor = 1;
};

// gradient, parameter, m and v have n elements; the last three are updated.
template <typename T>
void AdamW(const T* gradient, int64_t n, const AdamWStep& step, T* parameter, T* m, T* v);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ADAMW_H_
