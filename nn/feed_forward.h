// FeedForward: two products with a nonlinearity between them, position by position.
//
//   nn::FeedForward feed_forward(context, {.channels = C, .intermediate = F});
//   Variable y = feed_forward.Forward(x);               // [B, T, C], the same shape back
//
//   kGelu, kGeluTanh:  y = W2 f(W1 x + b1) + b2
//   kSwiGlu:           y = W2 (silu(W1 x + b1) * (W3 x + b3)) + b2
//
// Parameters in.* (W1, b1) [F, C], gate.* (W3, b3) [F, C] of kSwiGlu alone, out.* (W2, b2) [C, F].
// Source: Vaswani et al. 2017; SwiGLU: Shazeer, "GLU variants improve transformer", 2020.
#ifndef HAIRPIN_NN_FEED_FORWARD_H_
#define HAIRPIN_NN_FEED_FORWARD_H_

#include "nn/linear.h"
#include "nn/module.h"

namespace hairpin::nn {

enum class FeedForwardKind {
  kGelu,      // by the error function
  kGeluTanh,  // its approximation, of GPT-2
  kSwiGlu,
};

struct FeedForwardOptions {
  int64_t channels = 0;
  int64_t intermediate = 0;
  bool bias = true;
  FeedForwardKind kind = FeedForwardKind::kGelu;
  // Standard deviations of the initial W1, W3 and of W2.
  double initial_deviation = 0.02;
  double out_deviation = 0.02;
};

class FeedForward : public Layer {
 public:
  FeedForward(const ModuleContext& context, const FeedForwardOptions& options);
  // x [..., C], the same shape back.
  Variable Forward(Variable x) override;

 private:
  FeedForwardKind kind_;
  Linear& in_;
  Linear* gate_;  // null but for kSwiGlu
  Linear& out_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_FEED_FORWARD_H_
