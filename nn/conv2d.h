// Conv2d: convolution of images (ops/conv2d.h). Parameters weight [out, in / groups, kernel,
// kernel] and bias [out].
//
//   nn::Conv2d conv(context, {.in = 3, .out = 16, .kernel = 5, .padding = 2});
//   Variable y = conv.Forward(x);                       // [B, 3, H, W] -> [B, 16, H, W]
#ifndef HAIRPIN_NN_CONV2D_H_
#define HAIRPIN_NN_CONV2D_H_

#include "nn/fan_initializer.h"
#include "nn/module.h"
#include "ops/conv2d.h"

namespace hairpin::nn {

struct Conv2dOptions {
  int64_t in = 0, out = 0;  // channels
  int64_t kernel = 3;       // height and width
  int64_t stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
  // The weight's; for ReLU after it, as in most of these networks.
  Initializer initializer = KaimingUniformInitializer();
};

class Conv2d : public Layer {
 public:
  // bias starts at 0.
  Conv2d(const ModuleContext& context, const Conv2dOptions& options);
  // x [B, in, H, W], y [B, out, OH, OW].
  Variable Forward(Variable x) override;

 private:
  Parameter& weight_;
  Parameter* bias_;  // null without
  hairpin::Conv2dOptions options_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_CONV2D_H_
