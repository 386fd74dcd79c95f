#include "optim/sgd.h"

#include "ops/kernels/sgd.h"

namespace hairpin {

Sgd::Sgd(std::vector<ParameterGroup> groups, const SgdOptions& options)
    : Optimizer(std::move(groups)), options_(options) {}

void Sgd::MakeBuffers() {
  if (options_.momentum == 0 || !buffers_.empty()) return;
  for (const Parameter* parameter : parameters()) buffers_.push_back(MakeState(*parameter));
}

void Sgd::Step(double learning_rate, double gradient_factor) {
  MakeBuffers();
  kernels::SgdStep step = {.learning_rate = learning_rate,
                           .momentum = options_.momentum,
                           .dampening = options_.dampening,
                           .nesterov = options_.nesterov,
                           .first = step_count_ == 0,
                           .gradient_factor = gradient_factor};
  ++step_count_;
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i];
    if (!parameter.has_gradient() || parameter.value().dry()) continue;
    step.weight_decay = weight_decay(i);
    DispatchFloating(parameter.spec().dtype, [&]<class T>() {
      kernels::Sgd(parameter.gradient().data<T>(), parameter.value().num_elements(), step,
                   parameter.value().mutable_data<T>(),
                   buffers_.empty() ? nullptr : buffers_[i].raw<T>());
    });
  }
}

void Sgd::VisitState(const std::function<void(const std::string&, Tensor&)>& visit) {
  MakeBuffers();
  for (size_t i = 0; i < buffers_.size(); ++i) {
    visit(parameters()[i]->name() + ".momentum", buffers_[i]);
  }
}

}  // namespace hairpin
