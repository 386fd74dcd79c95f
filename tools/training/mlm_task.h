// MlmTask: a Mini-BERT learns to guess masked tokens.
//
//   MlmTask task({.seed = 1}, settings, config, &data);
//   Trainer trainer(CommonSettings(settings), task, folder, progress);
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_TASK_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_TASK_H_

#include <optional>
#include <vector>

#include "data/batch.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/training/mlm_data.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

class MlmTask final : public TrainingTask {
 public:
  // Of resolved settings; `data` must outlive it, and may be null where all is drawn
  // (LoadRandom).
  MlmTask(const nn::ModuleContext& context, const TrainMlmSettings& settings,
          const MiniBertConfig& config, const MlmData* data);

  MiniBert& model() override { return model_; }
  const MiniBertConfig& config() const override { return model_.config(); }
  TaskWords words() const override;
  std::vector<Metric> baselines() const override;

  // Sequences, the tokens masked by the sample's number.
  absl::Status Load(int64_t first_sample, int micro_batch) override;
  // Sequences in order, masked by their number alone (data/masking.h): the project's own way, so
  // that losses of runs compare.
  int64_t evaluation_records() const override;
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override;
  // Without any text, for measuring: MlmLoader::LoadRandom with the seed of the settings and the
  // micro-batch's number.
  void LoadRandom(int micro_batch);

  // Masked tokens count; tokens are fed.
  MicroBatchSize size(int micro_batch) const override;
  int64_t BatchBytes(int micro_batch) const override;
  TaskLoss Record(Recording& recording, int micro_batch) override;

  const MlmBatch& batch(int micro_batch) const;

 private:
  MlmBatch& Batch(int micro_batch);  // made at its first use
  int MostMasked(int micro_batch) const;  // per sequence
  CrossEntropyResult RecordDry(Recording& recording, int micro_batch);
  MaskingOptions masking(int64_t seed) const;

  const TrainMlmSettings settings_;
  const MlmData* const data_;
  MiniBert model_;
  std::optional<MlmLoader> loader_;
  std::vector<MlmBatch> batches_;
  std::optional<MlmBatch> evaluation_batch_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_TASK_H_
