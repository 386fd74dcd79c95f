#include "optim/adamw.h"

#include <cmath>

#include "ops/kernels/adamw.h"

namespace hairpin {

AdamW::AdamW(std::vector<ParameterGroup> groups, const AdamWOptions& options)
    : Optimizer(std::move(groups)), options_(options) {}

void AdamW::MakeMoments() {
  if (!moments_.empty()) return;
  for (const Parameter* parameter : parameters()) {
    moments_.push_back({MakeState(*parameter), MakeState(*parameter)});
  }
}

// Bias corrections at step t = 1, 2, ...: 1 - beta^t.
void AdamW::Step(double learning_rate, double gradient_factor) {
  MakeMoments();
  ++step_count_;
  kernels::AdamWStep step = {
      .learning_rate = learning_rate,
      .beta1 = options_.beta1,
      .beta2 = options_.beta2,
      .epsilon = options_.epsilon,
      .bias_correction1 = 1 - std::pow(options_.beta1, static_cast<double>(step_count_)),
      .bias_correction2 = 1 - std::pow(options_.beta2, static_cast<double>(step_count_)),
      .gradient_factor = gradient_factor};
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i];
    if (!parameter.has_gradient() || parameter.value().dry()) continue;
    step.weight_decay = weight_decay(i);
    DispatchFloating(parameter.spec().dtype, [&]<class T>() {
      kernels::AdamW(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                     parameter.value().mutable_data<T>(), moments_[i].m.raw<T>(),
                     moments_[i].v.raw<T>());
    });
  }
}

void AdamW::VisitState(const std::function<void(const std::string&, Tensor&)>& visit) {
  MakeMoments();
  for (size_t i = 0; i < parameters().size(); ++i) {
    visit(parameters()[i]->name() + ".m", moments_[i].m);
    visit(parameters()[i]->name() + ".v", moments_[i].v);
  }
}

}  // namespace hairpin
