// The update of stochastic gradient descent for one parameter, T float or double.
//
//   kernels::Sgd(gradient, n, {.learning_rate = 0.1, .momentum = 0.9}, parameter, buffer);
//
// With g = gradient_factor * gradient + weight_decay p, as in PyTorch:
//   momentum == 0:  p = p - lr g
//   else            b = g at the first step, momentum b + (1 - dampening) g later
//                   p = p - lr b, with nesterov p = p - lr (g + momentum b)
//
// Source: Sutskever et al., "On the importance of initialization and momentum in
// deep learning", ICML 2013.
#ifndef HAIRPIN_OPS_KERNELS_SGD_H_
#define HAIRPIN_OPS_KERNELS_SGD_H_

#include <cstdint>

namespace hairpin::kernels {

struct SgdStep {
  double learning_rate = 0;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool first = false;  // the buffer holds nothing yet
  double gradient_factor = 1;
};

// gradient, parameter and buffer have n elements; the last two are updated. The
// buffer is not touched, and may be null, where momentum is 0.
template <typename T>
void Sgd(const T* gradient, int64_t n, const SgdStep& step, T* parameter, T* buffer);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_SGD_H_
