#include "optim/zero_gradients.h"

#include <algorithm>
#include <utility>

#include "tensor/tensor.h"

namespace hairpin {
namespace {

bool IsZero(const Parameter& parameter) {
  if (!parameter.has_gradient()) return true;
  const Tensor& gradient = parameter.gradient();
  if (gradient.dry()) return false;
  bool zero = true;
  DispatchFloating(gradient.dtype(), [&]<class T>() {
    const T* const begin = gradient.data<T>();
    zero = std::all_of(begin, begin + gradient.num_elements(), [](T g) { return g == T(0); });
  });
  return zero;
}

}  // namespace

ZeroGradientWatch::ZeroGradientWatch(std::vector<Parameter*> parameters, int64_t steps)
    : parameters_(std::move(parameters)), steps_(steps), zeros_(parameters_.size(), 0) {}

std::vector<const Parameter*> ZeroGradientWatch::Observe() {
  std::vector<const Parameter*> named;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    zeros_[i] = IsZero(*parameters_[i]) ? zeros_[i] + 1 : 0;
    if (zeros_[i] == steps_) named.push_back(parameters_[i]);
  }
  return named;
}

}  // namespace hairpin
