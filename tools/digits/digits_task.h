// DigitsTask: an image's class, told by one of the zoo's models for images.
//
//   absl::StatusOr<DigitsModel> model = DigitsModelOf("lenet", /*dropout=*/0.25, digits.dataset);
//   DigitsTask task({.seed = 1}, *model, {.shift = 1, .seed = 1}, {.dataset = digits.dataset, ...});
#ifndef HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_
#define HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "data/image/augment.h"
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
  // CHECKs a valid config.
  DigitsTask(const nn::ModuleContext& context, const DigitsModel& model,
             const AugmentOptions& augment, DatasetTaskOptions options);

  nn::Layer& model() override { return *model_; }
  const google::protobuf::Message& config() const override;
  TaskWords words() const override;

  // Of all records for evaluation, with the model as it is.
  absl::StatusOr<ConfusionMatrix> Confusion();

 private:
  TaskLoss Loss(DatasetInputs inputs) override;
  void Augment(int64_t first_sample, Batch& batch) override;

  const Augmenter augmenter_;
  const DigitsModel config_;
  std::unique_ptr<nn::Layer> model_;
  ConfusionMatrix* confusion_ = nullptr;  // null unless one is being made
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_DIGITS_DIGITS_TASK_H_
