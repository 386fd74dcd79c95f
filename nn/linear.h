// Linear: y = x W^T + b. Parameters weight [out, in] and bias [out].
//
//   nn::Linear map(context, {.in = 784, .out = 10});
//   Variable y = map.Forward(x);                        // [B, 784] -> [B, 10]
#ifndef HAIRPIN_NN_LINEAR_H_
#define HAIRPIN_NN_LINEAR_H_

#include "nn/module.h"

namespace hairpin::nn {

struct LinearOptions {
  int64_t in = 0;
  int64_t out = 0;
  bool bias = true;
  // Standard deviation of the initial weights; the bias starts at 0.
  double initial_deviation = 0.02;
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
