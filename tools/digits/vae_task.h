// VaeTask: a variational autoencoder learns images. Its loss is the negative ELBO of an image, in
// nats; the terms "reconstruction" and "kl" are its two parts.
//
//   VaeTask task({.seed = 1}, config, {.dataset = digits.dataset, ..., .seed = 1});
#ifndef HAIRPIN_TOOLS_DIGITS_VAE_TASK_H_
#define HAIRPIN_TOOLS_DIGITS_VAE_TASK_H_

#include <cstdint>
#include <vector>

#include "models/vae/vae.h"
#include "tools/training/dataset_task.h"

namespace hairpin {

class VaeTask final : public DatasetTask {
 public:
  // CHECKs a valid config, of as many features as a record of the dataset has.
  VaeTask(const nn::ModuleContext& context, const VaeConfig& config, DatasetTaskOptions options);

  Vae& model() override { return model_; }
  const VaeConfig& config() const override { return model_.config(); }
  TaskWords words() const override;
  absl::Status Load(int64_t first_sample, int micro_batch) override;
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override;
  TaskLoss Record(Recording& recording, int micro_batch) override;

 private:
  TaskLoss Loss(DatasetInputs inputs) override;
  // [B, latent] from N(0, 1): a function of the sample's number, in evaluation of the record's.
  Variable Noise(Recording& recording, int64_t B) const;

  const int64_t most_;  // records of a micro-batch
  const uint64_t seed_;
  Vae model_;
  std::vector<int64_t> first_samples_;  // of each micro-batch
  int64_t first_record_ = 0;            // of evaluation's
  // Of the micro-batch that is being recorded.
  int64_t first_ = 0;
  bool evaluation_ = false;
};

// `count` numbers from N(0, 1), a function of the seed and `number`.
void StandardNormal(uint64_t seed, uint64_t number, int64_t count, float* values);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_DIGITS_VAE_TASK_H_
