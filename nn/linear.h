// Linear: y = x W^T + b. Parameters weight [out, in] and bias [out].
//
//   nn::Linear map(context, {.in = 784, .out = 10});
//   Variable y = map.Forward(x);                        // [B, 784] -> [B, 10]
//
// Initial values are those of torch.nn.Linear: weights and biases uniform in [-r, r],
// r = 1 / sqrt(in), so that the size of what comes out depends on no width. (LeCun, Bottou, Orr,
// Mueller, "Efficient BackProp", 1998; PyTorch calls it Kaiming's with a = sqrt(5).)
#ifndef HAIRPIN_NN_LINEAR_H_
#define HAIRPIN_NN_LINEAR_H_

#include <cstdint>
#include <optional>

#include "nn/module.h"

namespace hairpin::nn {

struct LinearOptions {
  int64_t in = 0;
  int64_t out = 0;
  bool bias = true;
  // Where it is given, weights start normal with this standard deviation and the bias at 0: 0.02 as
  // BERT and GPT-2 do, sqrt(2 / in) before a ReLU.
  std::optional<double> initial_deviation = std::nullopt;
};

class Linear : public Layer {
 public:
  Linear(const ModuleContext& context, const LinearOptions& options);
  // x [..., in] -> [..., out].
  Variable Forward(Variable x) override;

 private:
  Parameter& weight_;
  Parameter* bias_;  // null without one
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_LINEAR_H_
