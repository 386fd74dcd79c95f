#include "nn/feed_forward.h"

#include "ops/gelu.h"
#include "ops/gelu_tanh.h"
#include "ops/mul.h"
#include "ops/silu.h"

namespace hairpin::nn {
namespace {

LinearOptions In(const FeedForwardOptions& options) {
  return {options.channels, options.intermediate, options.bias, options.initial_deviation};
}
LinearOptions Out(const FeedForwardOptions& options) {
  return {options.intermediate, options.channels, options.bias, options.out_deviation};
}

}  // namespace

FeedForward::FeedForward(const ModuleContext& context, const FeedForwardOptions& options)
    : kind_(options.kind),
      in_(Add<Linear>(context, "in", In(options))),
      gate_(kind_ == FeedForwardKind::kSwiGlu ? &Add<Linear>(context, "gate", In(options))
                                              : nullptr),
      out_(Add<Linear>(context, "out", Out(options))) {}

Variable FeedForward::Forward(Variable x) {
  const Scope scope = EnterScope(x.recording());
  switch (kind_) {
    case FeedForwardKind::kGelu:
      return out_.Forward(hairpin::Gelu(in_.Forward(std::move(x))));
    case FeedForwardKind::kGeluTanh:
      return out_.Forward(GeluTanh(in_.Forward(std::move(x))));
    case FeedForwardKind::kSwiGlu:
      break;
  }
  Variable hidden = Silu(in_.Forward(x));
  return out_.Forward(Mul(std::move(hidden), gate_->Forward(std::move(x))));
}

}  // namespace hairpin::nn
