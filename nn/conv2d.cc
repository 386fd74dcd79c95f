#include "nn/conv2d.h"

namespace hairpin::nn {

Conv2d::Conv2d(const ModuleContext& context, const Conv2dOptions& options)
    : weight_(AddParameter(context, "weight",
                           Shape({options.out, options.in / options.groups, options.kernel,
                                  options.kernel}),
                           options.initializer)),
      bias_(options.bias ? &AddParameter(context, "bias", Shape({options.out}),
                                         ConstantInitializer(0))
                         : nullptr),
      options_({.stride = options.stride,
                .padding = options.padding,
                .dilation = options.dilation,
                .groups = options.groups}) {}

Variable Conv2d::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::Conv2d(std::move(x), recording.Use(weight_),
                         bias_ == nullptr ? Variable() : recording.Use(*bias_), options_);
}

}  // namespace hairpin::nn
