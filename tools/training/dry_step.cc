#include "tools/training/dry_step.h"

#include <utility>
#include <vector>

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

CrossEntropyResult DryStep::Record(Recording& recording, int64_t masked) {
  const auto ids = [&](const Shape& shape) {
    return recording.Constant(
        Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, allocator_));
  };
  MiniBertInputs inputs;
  inputs.ids = ids(Shape({sequences_, tokens_}));
  if (padded_) inputs.visible = ids(Shape({sequences_, tokens_}));
  inputs.masked_rows = ids(Shape({masked}));
  Variable labels = ids(Shape({masked}));
  return MaskedLanguageModelLoss(model_.Forward(std::move(inputs)), std::move(labels));
}

void DryStep::Forward() {
  result_ = {};
  recording_.Reset(recording_options_);
  result_ = Record(recording_, masked_);
}

DryGraph DryStep::graph() {
  return {.allocator = allocator_, .record = [this](Recording& recording) {
            CrossEntropyResult result = Record(recording, masked_);
            return std::vector<Variable>{std::move(result.loss), std::move(result.correct)};
          }};
}

void DryStep::Backward() {
  recording_.Backward(result_.loss);
  result_ = {};
}

void DryStep::Update() {
  optimizer_.Step(/*learning_rate=*/0);
  model_.ClearGradients();
}

void DryStep::Evaluate() {
  RecordingOptions options = recording_options_;
  options.train = false;
  options.gradients = false;
  recording_.Reset(options);
  Record(recording_, sequences_ * MaxEvaluationMaskedPerSequence(static_cast<int>(tokens_)));
}

void DryStep::Step(int micro_batches) {
  for (int i = 0; i < micro_batches; ++i) {
    Forward();
    Backward();
  }
  Update();
}

}  // namespace hairpin
