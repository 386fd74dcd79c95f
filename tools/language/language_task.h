// LanguageTask: a model learns what comes next in a text.
//
//   LanguageTask<Gpt> task({.seed = 1}, config, {.data = *data, .seq_len = 64, .micro_batch = 12});
//
// Of modules that are made of (context, config), tell their config, and whose Forward makes logits
// [B, T, V] of ids [B, T].
#ifndef HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_TASK_H_
#define HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_TASK_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/text/causal_batch.h"
#include "models/next_token_loss.h"
#include "tools/language/language_data.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct LanguageTaskOptions {
  const LanguageData& data;  // must outlive the task
  int seq_len = 64;
  int micro_batch = 1;  // sequences
  uint64_t seed = 0;    // of where sequences begin
};

template <class Model>
class LanguageTask final : public TrainingTask {
 public:
  using Config = std::decay_t<decltype(std::declval<const Model&>().config())>;

  LanguageTask(const nn::ModuleContext& context, const Config& config,
               const LanguageTaskOptions& options)
      : options_(options),
        train_(options.data.train, {.seed = options.seed, .tokens = options.seq_len}),
        evaluation_(options.data.evaluation, {.tokens = options.seq_len}),
        model_(context, config) {}

  Model& model() override { return model_; }
  const Config& config() const override { return model_.config(); }
  TaskWords words() const override {
    return {.inputs = "tokens", .inputs_per_second = "tokens_per_second"};
  }

  absl::Status Load(int64_t first_sample, int micro_batch) override {
    while (static_cast<int>(batches_.size()) <= micro_batch + 1) {
      batches_.emplace_back(options_.micro_batch, options_.seq_len);
    }
    train_.Load(first_sample, &batches_[micro_batch + 1]);
    return absl::OkStatus();
  }
  int64_t evaluation_records() const override { return evaluation_.windows(); }
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override {
    if (batches_.empty()) batches_.emplace_back(options_.micro_batch, options_.seq_len);
    evaluation_.LoadInOrder(first_record, &batches_[0]);
    return batches_[0].sequences();
  }

  // Every token counts, and is one that is fed.
  MicroBatchSize size(int micro_batch) const override {
    const auto tokens = static_cast<int64_t>(batches_[micro_batch + 1].inputs().size());
    return {.count = tokens, .inputs = tokens};
  }
  int64_t BatchBytes(int) const override {
    return 2 * int64_t{options_.micro_batch} * options_.seq_len *
           static_cast<int64_t>(sizeof(int32_t));
  }

  TaskLoss Record(Recording& recording, int micro_batch) override {
    const CausalBatch* const batch = recording.dry() ? nullptr : &batches_[micro_batch + 1];
    const auto none = std::span<const int32_t>();
    Variable ids = Input(recording, batch == nullptr ? none : batch->inputs());
    Variable labels = Input(recording, batch == nullptr ? none : batch->labels());
    CrossEntropyResult result =
        NextTokenLoss(model_.Forward(std::move(ids)), std::move(labels), Reduction::kSum);
    return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
  }

 private:
  static_assert(TrainingTask::kEvaluation == -1, "its batch is batches_[0]");

  // [B, T]; the last batch of evaluation has fewer rows. No bound: in training B is always the
  // same.
  Variable Input(Recording& recording, std::span<const int32_t> numbers) const {
    const int64_t T = options_.seq_len;
    const int64_t B =
        recording.dry() ? options_.micro_batch : static_cast<int64_t>(numbers.size()) / T;
    Tensor tensor = Tensor::Empty({DType::kInt32, Shape({B, T})}, Purpose::kActivation,
                                  recording.allocator());
    if (!recording.dry()) std::memcpy(tensor.raw_bytes(), numbers.data(), numbers.size_bytes());
    return recording.Constant(std::move(tensor));
  }

  const LanguageTaskOptions options_;
  const CausalLoader train_, evaluation_;
  Model model_;
  std::vector<CausalBatch> batches_;  // of evaluation, then of training
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_TASK_H_
