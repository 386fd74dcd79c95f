#include "tools/training/mlm_task.h"

#include <utility>

#include "data/masking.h"
#include "tensor/check.h"
#include "tools/training/batch_loss.h"

namespace hairpin {

MlmTask::MlmTask(const nn::ModuleContext& context, const TrainMlmSettings& settings,
                 const MiniBertConfig& config, const MlmData* data)
    : settings_(settings), data_(data), model_(context, config) {
  if (data != nullptr) loader_.emplace(*data->train, masking(settings.seed()));
}

MaskingOptions MlmTask::masking(int64_t seed) const {
  return {.seed = static_cast<uint64_t>(seed),
          .probability = settings_.mask_probability(),
          .vocabulary_size = config().vocab_size()};
}

TaskWords MlmTask::words() const {
  return {.inputs = "tokens",
          .inputs_per_second = "tokens_per_second",
          .nothing = "nothing masked",
          .accuracy = "masked_accuracy"};
}

std::vector<Metric> MlmTask::baselines() const {
  if (data_ == nullptr) return {};
  return {{"unigram_loss", data_->unigram_loss}};
}

int MlmTask::MostMasked(int micro_batch) const {
  return micro_batch == kEvaluation
             ? MaxEvaluationMaskedPerSequence(settings_.seq_len())
             : MaxMaskedPerSequence(settings_.mask_probability(), settings_.seq_len());
}

MlmBatch& MlmTask::Batch(int micro_batch) {
  const int at_once = settings_.micro_batch(), tokens = settings_.seq_len();
  if (micro_batch == kEvaluation) {
    if (!evaluation_batch_.has_value()) {
      evaluation_batch_.emplace(at_once, tokens, MostMasked(micro_batch));
    }
    return *evaluation_batch_;
  }
  while (static_cast<int>(batches_.size()) <= micro_batch) {
    batches_.emplace_back(at_once, tokens, MostMasked(micro_batch));
  }
  return batches_[micro_batch];
}

const MlmBatch& MlmTask::batch(int micro_batch) const {
  const bool loaded = micro_batch == kEvaluation
                          ? evaluation_batch_.has_value()
                          : micro_batch < static_cast<int>(batches_.size());
  HAIRPIN_CHECK(loaded) << "MlmTask: micro-batch " << micro_batch << " was never loaded";
  return micro_batch == kEvaluation ? *evaluation_batch_ : batches_[micro_batch];
}

absl::Status MlmTask::Load(int64_t first_sample, int micro_batch) {
  return loader_->Load(first_sample, &Batch(micro_batch));
}

int64_t MlmTask::evaluation_records() const { return data_->evaluation->records(); }

absl::StatusOr<int64_t> MlmTask::LoadEvaluation(int64_t first_record) {
  MlmBatch& batch = Batch(kEvaluation);
  absl::Status s = MlmLoader::LoadEvaluation(*data_->evaluation, first_record, &batch);
  if (!s.ok()) return s;
  return batch.sequences();
}

void MlmTask::LoadRandom(int micro_batch) {
  MlmLoader::LoadRandom(masking(settings_.seed() + micro_batch), settings_.packing() == "line",
                        &Batch(micro_batch));
}

MicroBatchSize MlmTask::size(int micro_batch) const {
  const MlmBatch& loaded = batch(micro_batch);
  return {.count = loaded.masked(), .inputs = static_cast<int64_t>(loaded.ids().size())};
}

int64_t MlmTask::BatchBytes(int micro_batch) const {
  // Ids and visibility of T tokens, rows and labels of the masked ones.
  const int64_t numbers = 2 * int64_t{settings_.seq_len()} + 2 * int64_t{MostMasked(micro_batch)};
  return settings_.micro_batch() * numbers * static_cast<int64_t>(sizeof(int32_t));
}

CrossEntropyResult MlmTask::RecordDry(Recording& recording, int micro_batch) {
  const auto ids = [&](const Shape& shape) {
    return recording.Constant(
        Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, recording.allocator()));
  };
  const int64_t B = settings_.micro_batch(), T = settings_.seq_len();
  const int64_t M = B * MostMasked(micro_batch);
  MiniBertInputs inputs;
  inputs.ids = ids(Shape({B, T}));
  if (settings_.packing() == "line") inputs.visible = ids(Shape({B, T}));
  inputs.masked_rows = ids(Shape({M}));
  Variable labels = ids(Shape({M}));
  return MaskedLanguageModelLoss(model_.Forward(std::move(inputs)), std::move(labels));
}

TaskLoss MlmTask::Record(Recording& recording, int micro_batch) {
  CrossEntropyResult result = recording.dry() ? RecordDry(recording, micro_batch)
                                              : BatchLoss(model_, recording, batch(micro_batch));
  return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
}

}  // namespace hairpin
