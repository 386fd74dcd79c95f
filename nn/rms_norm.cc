#include "nn/rms_norm.h"

#include "ops/rms_norm.h"

namespace hairpin::nn {

RmsNorm::RmsNorm(const ModuleContext& context, const RmsNormOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.channels}), ConstantInitializer(1))),
      eps_(options.eps) {}

Variable RmsNorm::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::RmsNorm(std::move(x), recording.Use(weight_), eps_);
}

}  // namespace hairpin::nn
