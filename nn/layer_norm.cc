#include "nn/layer_norm.h"

#include "ops/layer_norm.h"

namespace hairpin::nn {

LayerNorm::LayerNorm(const ModuleContext& context, const LayerNormOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.channels}), ConstantInitializer(1))),
      bias_(AddParameter(context, "bias", Shape({options.channels}), ConstantInitializer(0))),
      eps_(options.eps) {}

Variable LayerNorm::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::LayerNorm(std::move(x), recording.Use(weight_), recording.Use(bias_), eps_);
}

}  // namespace hairpin::nn
