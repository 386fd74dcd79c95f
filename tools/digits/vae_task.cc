#include "tools/digits/vae_task.h"

#include <array>
#include <cmath>
#include <utility>

#include "ops/reshape.h"
#include "tensor/normal_pair.h"
#include "tensor/philox.h"

namespace hairpin {

void StandardNormal(uint64_t seed, uint64_t number, int64_t count, float* values) {
  const Philox random(DeriveKey(seed, Stream::kGeneration, /*part=*/1));
  for (int64_t i = 0; i < count; i += 4) {
    const PhiloxWords words = random.At(number, static_cast<uint32_t>(i / 4));
    for (int pair = 0; pair < 2; ++pair) {
      const std::array<double, 2> normal = NormalPair(words[2 * pair], words[2 * pair + 1]);
      if (i + 2 * pair < count) values[i + 2 * pair] = static_cast<float>(normal[0]);
      if (i + 2 * pair + 1 < count) values[i + 2 * pair + 1] = static_cast<float>(normal[1]);
    }
  }
}

VaeTask::VaeTask(const nn::ModuleContext& context, const VaeConfig& config,
                 DatasetTaskOptions options)
    : DatasetTask(options),
      most_(options.micro_batch),
      seed_(options.seed),
      model_(context, config) {}

TaskWords VaeTask::words() const {
  return {.inputs = "images",
          .inputs_per_second = "images_per_second",
          .accuracy = nullptr,
          .terms = {"reconstruction", "kl"}};
}

absl::Status VaeTask::Load(int64_t first_sample, int micro_batch) {
  if (micro_batch >= static_cast<int>(first_samples_.size())) {
    first_samples_.resize(micro_batch + 1);
  }
  first_samples_[micro_batch] = first_sample;
  return DatasetTask::Load(first_sample, micro_batch);
}

absl::StatusOr<int64_t> VaeTask::LoadEvaluation(int64_t first_record) {
  first_record_ = first_record;
  return DatasetTask::LoadEvaluation(first_record);
}

TaskLoss VaeTask::Record(Recording& recording, int micro_batch) {
  evaluation_ = micro_batch == kEvaluation;
  if (evaluation_) {
    first_ = first_record_;
  } else if (!recording.dry()) {
    first_ = first_samples_[micro_batch];
  }
  return DatasetTask::Record(recording, micro_batch);
}

Variable VaeTask::Noise(Recording& recording, int64_t B) const {
  const int64_t latent = config().latent();
  Tensor noise = Tensor::Empty({DType::kFloat32, Shape({B, latent})}, Purpose::kActivation,
                               recording.allocator(),
                               most_ * latent * static_cast<int64_t>(sizeof(float)));
  for (int64_t b = 0; b < B && !recording.dry(); ++b) {
    // Samples of training and records of evaluation draw apart.
    const auto number = 2 * static_cast<uint64_t>(first_ + b) + (evaluation_ ? 1 : 0);
    StandardNormal(seed_, number, latent, noise.raw<float>() + b * latent);
  }
  return recording.Constant(std::move(noise), Shape({most_, latent}));
}

TaskLoss VaeTask::Loss(DatasetInputs inputs) {
  Recording& recording = inputs.features.recording();
  const int64_t B = inputs.features.shape()[0];
  Variable x = Reshape(std::move(inputs.features), {-1, config().features()});
  const VaeOutput output = model_.Forward(x, Noise(recording, B));
  VaeLoss loss = NegativeElbo(output, std::move(x));
  return {.loss = std::move(loss.total),
          .terms = {std::move(loss.reconstruction), std::move(loss.kl)}};
}

}  // namespace hairpin
