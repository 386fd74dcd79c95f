// GroupNorm: of `groups` runs of channels of each image. Parameters weight and bias, [channels].
//
//   nn::GroupNorm norm(context, {.groups = 8, .channels = 32});
//   Variable y = norm.Forward(x);                       // [B, 32, H, W], the same shape back
//
// Source: Wu and He, "Group normalization", ECCV 2018.
#ifndef HAIRPIN_NN_GROUP_NORM_H_
#define HAIRPIN_NN_GROUP_NORM_H_

#include "nn/module.h"

namespace hairpin::nn {

struct GroupNormOptions {
  int64_t groups = 1;  // divides channels
  int64_t channels = 0;
  double eps = 1e-5;
};

class GroupNorm : public Layer {
 public:
  // weight starts at 1, bias at 0.
  GroupNorm(const ModuleContext& context, const GroupNormOptions& options);
  // x [B, channels, ...], the same shape back.
  Variable Forward(Variable x) override;

 private:
  Parameter& weight_;
  Parameter& bias_;
  int64_t groups_;
  double eps_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_GROUP_NORM_H_
