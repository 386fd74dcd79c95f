#include "optim/weight_average.h"

#include <algorithm>
#include <utility>

#include "ops/kernels/lerp.h"
#include "tensor/check.h"

namespace hairpin {

WeightAverage::WeightAverage(std::vector<Parameter*> parameters,
                             const WeightAverageOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  HAIRPIN_CHECK(options.decay >= 0 && options.decay <= 1)
      << "WeightAverage: found decay " << options.decay << ", expected one in [0, 1]";
  for (const Parameter* parameter : parameters_) {
    const Tensor& value = parameter->value();
    averages_.push_back(
        Tensor::Empty(value.spec(), Purpose::kOptimizer, value.storage()->allocator()));
    if (!value.dry()) averages_.back().CopyFrom(value);
  }
}

void WeightAverage::Update(int64_t step) {
  HAIRPIN_CHECK(!swapped_) << "WeightAverage: Update while the averages are in the model";
  const double t = static_cast<double>(step);
  const double decay =
      options_.warmup ? std::min(options_.decay, (1 + t) / (10 + t)) : options_.decay;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& value = parameters_[i]->value();
    if (value.dry()) continue;
    if (step == 1) {
      averages_[i].CopyFrom(value);
      continue;
    }
    DispatchFloating(value.dtype(), [&]<class T>() {
      kernels::Lerp(value.data<T>(), 1, 1 - decay, value.num_elements(),
                    averages_[i].mutable_data<T>());
    });
  }
}

void WeightAverage::VisitState(
    const std::function<void(const std::string& name, Tensor& tensor)>& visit) {
  HAIRPIN_CHECK(!swapped_) << "WeightAverage: VisitState while the averages are in the model";
  for (size_t i = 0; i < parameters_.size(); ++i) {
    visit(parameters_[i]->name() + ".average", averages_[i]);
  }
}

void WeightAverage::Swap() {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    std::swap(parameters_[i]->value(), averages_[i]);
  }
  swapped_ = !swapped_;
}

}  // namespace hairpin
