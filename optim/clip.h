// Clipping by the global norm, as torch.nn.utils.clip_grad_norm_ does:
//
//   const double norm = GlobalGradientNorm(optimizer.parameters());
//   optimizer.Step(lr, ClipFactor(norm, 1.0));
//
// The gradients are not rewritten: the factor goes to the optimizer, which
// reads them anyway. Or by value, as clip_grad_value_, which does rewrite them:
//
//   ClipGradientValues(optimizer.parameters(), 0.5);
#ifndef HAIRPIN_OPTIM_CLIP_H_
#define HAIRPIN_OPTIM_CLIP_H_

#include "absl/types/span.h"
#include "autograd/parameter.h"

namespace hairpin {

// The 2-norm of all gradients together, summed in double in a fixed order.
// Parameters without a gradient count as zero. NaN or infinite if one element
// is.
double GlobalGradientNorm(absl::Span<Parameter* const> parameters);

// min(1, max_norm / (norm + 1e-6)): a norm of exactly max_norm shrinks a little,
// as in PyTorch. 1 where max_norm is 0: no clipping. NaN for a NaN norm, and 0
// for an infinite one.
double ClipFactor(double norm, double max_norm);

// Every element of every gradient to [-limit, limit], limit >= 0; a NaN stays.
void ClipGradientValues(absl::Span<Parameter* const> parameters, double limit);

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_CLIP_H_
