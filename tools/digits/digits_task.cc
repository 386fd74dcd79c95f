#include "tools/digits/digits_task.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/soft_cross_entropy.h"
#include "tensor/thread_pool.h"

namespace hairpin {

absl::StatusOr<DigitsModel> DigitsModelOf(const std::string& name, double dropout,
                                          const Dataset& dataset) {
  const Shape& shape = dataset.record_shape();  // [C, H, W]
  const auto channels = static_cast<int32_t>(shape[0]);
  const auto height = static_cast<int32_t>(shape[1]), width = static_cast<int32_t>(shape[2]);
  absl::Status valid;
  DigitsModel model;
  if (name == "lenet") {
    LenetConfig config = LenetPreset();
    config.set_channels(channels);
    config.set_height(height);
    config.set_width(width);
    config.set_classes(dataset.class_count());
    config.set_dropout(dropout);
    valid = ValidateConfig(config);
    model = config;
  } else if (name == "vit") {
    VitConfig config = VitPreset();
    if (height != width) {
      return absl::InvalidArgumentError(absl::StrCat("--images: found images of ", height, " x ",
                                                     width, ", expected squares for --model=vit"));
    }
    config.set_channels(channels);
    config.set_image_size(height);
    config.set_classes(dataset.class_count());
    config.set_dropout(dropout);
    valid = ValidateConfig(config);
    model = config;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("--model: found '", name, "', expected lenet or vit"));
  }
  if (!valid.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--images: ", std::string(valid.message())));
  }
  return model;
}

DigitsTask::DigitsTask(const nn::ModuleContext& context, const DigitsModel& model,
                       const AugmentOptions& augment, DatasetTaskOptions options, double mixup)
    : DatasetTask(std::move(options)), augmenter_(augment), config_(model) {
  if (mixup > 0) {
    mixup_.emplace(dataset(), this->options().train,
                   MixupOptions{.alpha = mixup, .seed = augment.seed});
  }
  if (const auto* vit = std::get_if<VitConfig>(&config_)) {
    model_ = std::make_unique<Vit>(context, *vit);
  } else {
    model_ = std::make_unique<Lenet>(context, std::get<LenetConfig>(config_));
  }
}

const google::protobuf::Message& DigitsTask::config() const {
  return std::visit([](const auto& config) -> const google::protobuf::Message& { return config; },
                    config_);
}

TaskWords DigitsTask::words() const {
  return {.inputs = "images", .inputs_per_second = "images_per_second"};
}

TaskLoss DigitsTask::Loss(DatasetInputs inputs) {
  Variable logits = model_->Forward(std::move(inputs.features));
  if (confusion_ != nullptr) confusion_->Add(logits.value(), inputs.classes.value());
  if (mixup_.has_value() && inputs.micro_batch != kEvaluation) {
    return MixedLoss(std::move(logits), inputs.micro_batch);
  }
  CrossEntropyResult result = ClassLoss(std::move(logits), std::move(inputs.classes));
  return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
}

TaskLoss DigitsTask::MixedLoss(Variable logits, int micro_batch) {
  Recording& recording = logits.recording();
  const int64_t B = logits.shape()[0], K = logits.shape()[1];
  Tensor shares = Tensor::Empty(logits.spec(), Purpose::kActivation, recording.allocator());
  Tensor classes =
      Tensor::Empty({DType::kInt32, Shape({B})}, Purpose::kActivation, recording.allocator());
  for (int64_t b = 0; b < B && !recording.dry(); ++b) {
    const auto row = shares_[micro_batch].begin() + b * K;
    std::copy_n(row, K, shares.raw<float>() + b * K);
    classes.raw<int32_t>()[b] = static_cast<int32_t>(std::max_element(row, row + K) - row);
  }
  CrossEntropyResult result =
      nn::SoftCrossEntropy(std::move(logits), recording.Constant(std::move(shares)),
                           recording.Constant(std::move(classes)));
  return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
}

int64_t DigitsTask::BatchBytes(int micro_batch) const {
  const int64_t mixed = mixup_.has_value() ? options().micro_batch : 0;
  return DatasetTask::BatchBytes(micro_batch) +
         mixed * dataset().class_count() * static_cast<int64_t>(sizeof(float));
}

void DigitsTask::Augment(int64_t first_sample, int micro_batch, Batch& batch) {
  const Shape& shape = dataset().record_shape();
  ParallelFor(batch.size(), [&](int64_t b, int) {
    augmenter_.Apply(first_sample + b, shape[0], shape[1], shape[2],
                     batch.MutableFeatures(static_cast<int>(b)));
  });
  if (!mixup_.has_value()) return;
  while (static_cast<int>(shares_.size()) <= micro_batch) {
    shares_.emplace_back(batch.max_records() * dataset().class_count());
  }
  mixup_->Apply(first_sample, &batch, shares_[micro_batch]);
}

absl::StatusOr<ConfusionMatrix> DigitsTask::Confusion() {
  ConfusionMatrix matrix(dataset().class_count());
  confusion_ = &matrix;
  absl::Status status;
  for (int64_t first = 0; status.ok() && first < evaluation_records();) {
    const absl::StatusOr<int64_t> records = LoadEvaluation(first);
    status = records.status();
    if (!status.ok()) break;
    Recording recording({.train = false, .gradients = false});
    Record(recording, kEvaluation);
    first += *records;
  }
  confusion_ = nullptr;
  if (!status.ok()) return status;
  return matrix;
}

}  // namespace hairpin
