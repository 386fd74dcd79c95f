// Muon: momentum, whose matrices are made orthogonal, and AdamW for all else.
//
//   Muon optimizer(*GroupByName(model, {{.pattern = "*", .weight_decay = 0.1},
//                                       {.pattern = "embedding.*", .elementwise = true},
//                                       {.pattern = "decoder.*", .elementwise = true}}),
//                  {.adamw_rate_factor = 0.02});
//   optimizer.Step(/*learning_rate=*/0.02);
//
// A parameter of two or more axes is a matrix, [first axis, all others], unless its group is
// elementwise: the method is for hidden layers, so embeddings and the last layer should be.
// With g the gradient times its factor, at each step of such a matrix [m, n]:
//   b = momentum b + (1 - momentum) g
//   u = NewtonSchulz(b), with nesterov of momentum b + (1 - momentum) g
//   p = p (1 - lr decay) - lr scale u
// where NewtonSchulz (ops/kernels/newton_schulz.h) makes all singular values nearly 1, and scale is
// max(1, m / n)^0.5, or 0.2 max(m, n)^0.5 to match AdamW's size of steps. As PyTorch's, but for
// what that computes in bfloat16. State: "<matrix>.momentum", and for all else AdamW's
// "<parameter>.m" and "<parameter>.v".
//
// Sources: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; the
// second scale: Liu et al., "Muon is scalable for LLM training", 2025.
#ifndef HAIRPIN_OPTIM_MUON_H_
#define HAIRPIN_OPTIM_MUON_H_

#include <cstdint>
#include <vector>

#include "optim/adam.h"

namespace hairpin {

// Constructors CHECK the ranges.
struct MuonOptions {
  double momentum = 0.95;  // in [0, 1)
  bool nesterov = true;
  int newton_schulz_steps = 5;  // at least 0
  bool match_adamw = false;     // the second scale
  // Of what is no matrix, and its learning rate, as part of the step's.
  AdamOptions adamw = {};
  double adamw_rate_factor = 1;
};

class Muon final : public Adam {
 public:
  // Weight decay comes from the groups, for both parts: p = p (1 - lr decay).
  explicit Muon(const std::vector<ParameterGroup>& groups, const MuonOptions& options = {});

 protected:
  void UpdateParameter(const Update& update, Parameter& parameter,
                       absl::Span<const Tensor> state) const override;
  int64_t ScratchBytes() const override;

 private:
  MuonOptions options_;
  std::vector<const Parameter*> matrices_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_MUON_H_
