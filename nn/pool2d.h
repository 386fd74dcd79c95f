// Pooling of images as layers. No parameters.
//
//   nn::MaxPool2d pool(context, {.kernel = 2});
//   Variable y = pool.Forward(x);                       // [B, C, H, W] -> [B, C, H / 2, W / 2]
#ifndef HAIRPIN_NN_POOL2D_H_
#define HAIRPIN_NN_POOL2D_H_

#include <utility>

#include "nn/module.h"
#include "ops/avg_pool2d.h"
#include "ops/max_pool2d.h"

namespace hairpin::nn {

// x [B, C, H, W], y [B, C, OH, OW]; ops/max_pool2d.h.
class MaxPool2d : public Layer {
 public:
  MaxPool2d(const ModuleContext& context, const Pool2dOptions& options) : options_(options) {}
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    return hairpin::MaxPool2d(std::move(x), options_);
  }

 private:
  Pool2dOptions options_;
};

// The same with the mean; ops/avg_pool2d.h.
class AvgPool2d : public Layer {
 public:
  AvgPool2d(const ModuleContext& context, const Pool2dOptions& options) : options_(options) {}
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    return hairpin::AvgPool2d(std::move(x), options_);
  }

 private:
  Pool2dOptions options_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_POOL2D_H_
