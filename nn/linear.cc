#include "nn/linear.h"

#include <algorithm>
#include <cmath>

#include "nn/fan_initializer.h"
#include "ops/linear.h"

namespace hairpin::nn {
namespace {

Initializer Uniform(const LinearOptions& options) {
  return UniformInitializer(1 / std::sqrt(static_cast<double>(std::max<int64_t>(options.in, 1))));
}

}  // namespace

Linear::Linear(const ModuleContext& context, const LinearOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.out, options.in}),
                           options.initial_deviation
                               ? NormalInitializer(*options.initial_deviation)
                               : Uniform(options))),
      bias_(options.bias
                ? &AddParameter(context, "bias", Shape({options.out}),
                                options.initial_deviation ? ConstantInitializer(0)
                                                          : Uniform(options))
                : nullptr) {}

Variable Linear::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::Linear(std::move(x), recording.Use(weight_),
                         bias_ == nullptr ? Variable() : recording.Use(*bias_));
}

}  // namespace hairpin::nn
