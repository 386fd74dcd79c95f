// DigitsTask: an image's class, told by one of the zoo's models for images.
//
//   absl::StatusOr<DigitsModel> model = DigitsModelOf("lenet", /*dropout=*/0.25, digits.dataset);
//   DigitsTask task({.seed = 1}, *model, {.shift = 1}, {.dataset = digits.dataset, ...});
//   DigitsTask mixed({.seed = 1}, *model, {}, {.dataset = digits.dataset, ...}, /*mixup=*/0.2);
//
// With mixup (data/image/mixup.h) another image is mixed into each for training, after that was
// augmented, and the loss is that to both classes in the same shares. Guessed right is the class
// with the larger share. Evaluation knows nothing of it.
#ifndef HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_
#define HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "data/image/augment.h"
#include "data/image/mixup.h"
#include "models/lenet/lenet.h"
#include "models/vit/vit.h"
#include "nn/metrics/confusion_matrix.h"
#include "tools/training/dataset_task.h"

namespace hairpin {

// The config of the model that is meant.
using DigitsModel = std::variant<LenetConfig, VitConfig>;

// The preset of "lenet" or "vit" for the images and classes of `dataset`; INVALID_ARGUMENT, naming
// --images or --model, where the model can't have such images or there is none of that name.
absl::StatusOr<DigitsModel> DigitsModelOf(const std::string& name, double dropout,
                                          const Dataset& dataset);

class DigitsTask final : public DatasetTask {
 public:
  // CHECKs a valid config. Mixup: alpha of the shares' distribution, in (0, 1], or 0 for none.
  DigitsTask(const nn::ModuleContext& context, const DigitsModel& model,
             const AugmentOptions& augment, DatasetTaskOptions options, double mixup = 0);

  nn::Layer& model() override { return *model_; }
  const google::protobuf::Message& config() const override;
  TaskWords words() const override;
  int64_t BatchBytes(int micro_batch) const override;

  // Of all records for evaluation, with the model as it is.
  absl::StatusOr<ConfusionMatrix> Confusion();

 private:
  TaskLoss Loss(DatasetInputs inputs) override;
  void Augment(int64_t first_sample, int micro_batch, Batch& batch) override;
  TaskLoss MixedLoss(Variable logits, int micro_batch);

  const Augmenter augmenter_;
  std::optional<Mixup> mixup_;
  std::vector<std::vector<float>> shares_;  // of each micro-batch [B, K], where there is mixup
  const DigitsModel config_;
  std::unique_ptr<nn::Layer> model_;
  ConfusionMatrix* confusion_ = nullptr;  // null unless one is being made
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_
