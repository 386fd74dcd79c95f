// RmsNorm over the last axis. Parameter weight, [channels].
//
//   nn::RmsNorm norm(context, {.channels = C});
//   Variable y = norm.Forward(x);                       // [B, T, C], the same shape back
//
// Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.
#ifndef HAIRPIN_NN_RMS_NORM_H_
#define HAIRPIN_NN_RMS_NORM_H_

#include "nn/module.h"

namespace hairpin::nn {

struct RmsNormOptions {
  int64_t channels = 0;
  double eps = 1e-5;
};

class RmsNorm : public Layer {
 public:
  // weight starts at 1.
  RmsNorm(const ModuleContext& context, const RmsNormOptions& options);
  // x [..., channels], the same shape back.
  Variable Forward(Variable x) override;

 private:
  Parameter& weight_;
  double eps_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_RMS_NORM_H_
