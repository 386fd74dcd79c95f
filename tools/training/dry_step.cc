#include "tools/training/dry_step.h"

#include <utility>

#include "data/masking.h"

namespace hairpin {

DryStep::DryStep(const TrainMlmSettings& settings, const MiniBertConfig& config,
                 const DryStepOptions& options)
    : recording_options_{.allocator = &allocator_,
                         .policy = options.policy,
                         .observer = options.observer},
      sequences_(settings.micro_batch()),
      tokens_(settings.seq_len()),
      masked_(sequences_ * MaxMaskedPerSequence(settings.mask_probability(), settings.seq_len())),
      padded_(settings.packing() == "line"),
      model_({.allocator = &allocator_}, config),
      optimizer_(DecayMatricesOnly(model_, settings.weight_decay()),
                 {settings.beta1(), settings.beta2(), settings.adam_epsilon()}),
      recording_(recording_options_) {}

Variable DryStep::Ids(const Shape& shape) {
  return recording_.Constant(
      Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, allocator_));
}

void DryStep::Forward() {
  result_ = {};
  recording_.Reset(recording_options_);
  MiniBertInputs inputs;
  inputs.ids = Ids(Shape({sequences_, tokens_}));
  if (padded_) inputs.visible = Ids(Shape({sequences_, tokens_}));
  inputs.masked_rows = Ids(Shape({masked_}));
  Variable labels = Ids(Shape({masked_}));
  result_ = MaskedLanguageModelLoss(model_.Forward(std::move(inputs)), std::move(labels));
}

void DryStep::Backward() {
  recording_.Backward(result_.loss);
  result_ = {};
}

void DryStep::Update() {
  optimizer_.Step(/*learning_rate=*/0);
  model_.ClearGradients();
}

void DryStep::Step(int micro_batches) {
  for (int i = 0; i < micro_batches; ++i) {
    Forward();
    Backward();
  }
  Update();
}

}  // namespace hairpin
