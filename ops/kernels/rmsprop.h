// The update of RMSprop for one parameter, in one pass, T float or double.
//
//   kernels::RmsProp(gradient, n, {.learning_rate = 0.01}, parameter, square, nullptr, nullptr);
//
// The operations and their order are PyTorch's:
//   g = gradient_factor gradient + weight_decay p
//   s = alpha s + (1 - alpha) g g
//   q = sqrt(s) + eps; centered: a = a + (1 - alpha) (g - a), q = sqrt(s - a a) + eps
//   momentum == 0:  p = p - lr g / q
//   else            b = momentum b + g / q, p = p - lr b
// s - a a is taken as 0 where rounding has made it negative.
//
// Sources: Tieleman and Hinton, "Lecture 6.5, RMSprop", 2012; centered: Graves,
// "Generating sequences with recurrent neural networks", 2013.
#ifndef HAIRPIN_OPS_KERNELS_RMSPROP_H_
#define HAIRPIN_OPS_KERNELS_RMSPROP_H_

#include <cstdint>

namespace hairpin::kernels {

struct RmsPropStep {
  double learning_rate = 0;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  double weight_decay = 0;
  double gradient_factor = 1;
};

// gradient, parameter, square (s), mean (a) and buffer (b) have n elements; all
// but the gradient are updated. mean is null where not centered, buffer where
// momentum is 0.
template <typename T>
void RmsProp(const T* gradient, int64_t n, const RmsPropStep& step, T* parameter, T* square,
             T* mean, T* buffer);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_RMSPROP_H_
