// LayerNorm over the last axis. Parameters weight and bias, both [channels].
//
//   nn::LayerNorm norm(context, {.channels = C});
//   Variable y = norm.Forward(x);                       // [B, T, C], the same shape back
//
// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
#ifndef HAIRPIN_NN_LAYER_NORM_H_
#define HAIRPIN_NN_LAYER_NORM_H_

#include "nn/module.h"

namespace hairpin::nn {

struct LayerNormOptions {
  int64_t channels = 0;
  double eps = 1e-5;
};

class LayerNorm : public Layer {
 public:
  // weight starts at 1, bias at 0.
  LayerNorm(const ModuleContext& context, const LayerNormOptions& options);
  // x [..., channels], the same shape back.
  Variable Forward(Variable x) override;

 private:
  Parameter& weight_;
  Parameter& bias_;
  double eps_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_LAYER_NORM_H_
