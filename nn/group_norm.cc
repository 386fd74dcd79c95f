#include "nn/group_norm.h"

#include "ops/group_norm.h"

namespace hairpin::nn {

GroupNorm::GroupNorm(const ModuleContext& context, const GroupNormOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.channels}), ConstantInitializer(1))),
      bias_(AddParameter(context, "bias", Shape({options.channels}), ConstantInitializer(0))),
      groups_(options.groups),
      eps_(options.eps) {}

Variable GroupNorm::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::GroupNorm(std::move(x), recording.Use(weight_), recording.Use(bias_), groups_,
                            eps_);
}

}  // namespace hairpin::nn
