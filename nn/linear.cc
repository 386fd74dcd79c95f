#include "nn/linear.h"

#include "ops/linear.h"

namespace hairpin::nn {

Linear::Linear(const ModuleContext& context, const LinearOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.out, options.in}),
                           NormalInitializer(options.initial_deviation))),
      bias_(options.bias ? &AddParameter(context, "bias", Shape({options.out}),
                                         ConstantInitializer(0))
                         : nullptr) {}

Variable Linear::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::Linear(std::move(x), recording.Use(weight_),
                         bias_ == nullptr ? Variable() : recording.Use(*bias_));
}

}  // namespace hairpin::nn
