#include "optim/clip.h"

#include <cmath>

#include "ops/kernels/clamp.h"
#include "ops/kernels/reduce.h"
#include "tensor/check.h"

namespace hairpin {

double GlobalGradientNorm(absl::Span<Parameter* const> parameters) {
  double sum = 0;
  for (const Parameter* parameter : parameters) {
    if (!parameter->has_gradient()) continue;
    const Tensor& gradient = parameter->gradient();
    if (gradient.dry()) continue;
    DispatchFloating(gradient.dtype(), [&]<class T>() {
      sum += kernels::SumOfSquares(gradient.data<T>(), gradient.num_elements());
    });
  }
  return std::sqrt(sum);
}

double ClipFactor(double norm, double max_norm) {
  if (max_norm == 0) return 1;
  const double factor = max_norm / (norm + 1e-6);
  // Written so that a NaN is handed on.
  return factor > 1 ? 1 : factor;
}

void ClipGradientValues(absl::Span<Parameter* const> parameters, double limit) {
  HAIRPIN_CHECK(limit >= 0) << "ClipGradientValues: found limit " << limit
                            << ", expected at least 0";
  for (Parameter* parameter : parameters) {
    if (!parameter->has_gradient()) continue;
    Tensor& gradient = parameter->mutable_gradient();
    if (gradient.dry()) continue;
    DispatchFloating(gradient.dtype(), [&]<class T>() {
      kernels::Clamp(-limit, limit, gradient.num_elements(), gradient.mutable_data<T>());
    });
  }
}

}  // namespace hairpin
