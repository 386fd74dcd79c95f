// BatchNorm over all axes but the channels', axis 1: of rows of features [B, C] as of images
// [B, C, H, W].
//
//   BatchNorm norm(context, {.channels = 32});
//   Variable y = norm.Forward(x);
//
// A recording that trains normalises by the statistics of its batch and moves the running ones,
//   running = (1 - momentum) running + momentum batch,  with the variance of n - 1,
// at each Forward, so with each micro-batch; one that evaluates normalises by the running ones.
// Parameters weight and bias, buffers running_mean and running_var, all [channels].
#ifndef HAIRPIN_NN_BATCH_NORM_H_
#define HAIRPIN_NN_BATCH_NORM_H_

#include "nn/module.h"

namespace hairpin::nn {

struct BatchNormOptions {
  int64_t channels = 0;
  double eps = 1e-5;
  double momentum = 0.1;
};

class BatchNorm : public Layer {
 public:
  // weight starts at 1, bias at 0, the running mean at 0, the running variance at 1.
  BatchNorm(const ModuleContext& context, const BatchNormOptions& options);
  // x [B, channels, ...], the same shape back. A batch that trains has at least two numbers of each
  // channel.
  Variable Forward(Variable x) override;

 private:
  void MoveRunning(const Tensor& mean, const Tensor& variance, int64_t count);

  Parameter& weight_;
  Parameter& bias_;
  Tensor& running_mean_;
  Tensor& running_variance_;
  double eps_, momentum_;
};

using BatchNorm1d = BatchNorm;
using BatchNorm2d = BatchNorm;

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_BATCH_NORM_H_
