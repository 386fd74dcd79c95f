// Trains a classifier of images: `bazel run //tools:train_digits -- --help`.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/digits/digit_data.h"
#include "tools/digits/digits_task.h"
#include "tools/program/training_program.h"
#include "tools/train_digits.pb.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a LeNet or a vision transformer to tell digits, or any small images of classes, by\n"
    "MNIST's files or a folder of PNG and JPEG files. Example:\n"
    "  train_digits --images=t10k-images-idx3-ubyte.gz --labels=t10k-labels-idx1-ubyte.gz\n";

constexpr FlagSpec kOwn[] = {
    {"Digits", "shift", "[1; 2 for vit]", "most pixels that an image for training is shifted", 0,
     64},
    {"Digits", "degrees", "[0; 10 for vit]", "most degrees that it is turned", 0, 180},
    {"Digits", "noise", "0", "deviation of what is added to each of its pixels", 0, 100},
    {"Digits", "mixup", "0",
     "another image and its class mixed into each for training: alpha of the shares, which are of "
     "Beta(alpha, alpha); 0 = none", 0, 1},
    {"Model", "model", "lenet", "lenet or vit"},
    {"Model", "dropout", "[0.25; 0 for vit]", "share of activations that are dropped", 0,
     0.9999999999},
    {"Training", "steps", "[1000; 3000 for vit]", "optimizer steps", 1, 1e12},
    {"Training", "micro_batch", "64", "images computed at once", 2, 65536},
    {"Training", "lr", "[2e-3; 1e-3 for vit]", "highest learning rate, a step", 0, 1e6},
    {"Training", "schedule", "cosine", kScheduleMeaning},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithDigitFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  auto& s = static_cast<TrainDigitsSettings&>(*message);
  if (!s.has_model()) s.set_model("lenet");
  const bool vit = s.model() == "vit";
  if (!vit && s.model() != "lenet") {
    return absl::InvalidArgumentError(
        absl::StrCat("--model: found '", s.model(), "', expected lenet or vit"));
  }
  if (absl::Status files = CheckDigitFiles(s.files()); !files.ok()) return files;
  if (!s.has_shift()) s.set_shift(vit ? 2 : 1);
  if (!s.has_degrees()) s.set_degrees(vit ? 10 : 0);
  if (!s.has_dropout()) s.set_dropout(vit ? 0 : 0.25);
  TrainingSettings& training = *s.mutable_training();
  if (!training.has_steps()) training.set_steps(vit ? 3000 : 1000);
  if (!training.has_lr()) training.set_lr(vit ? 1e-3 : 2e-3);
  return ResolveTraining(Flags(), message);
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainDigitsSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--micro_batch, --accumulation"; }

  absl::Status Open(const RunFolder&) override {
    absl::StatusOr<DigitData> digits = ReadDigits(settings_.files());
    if (!digits.ok()) return digits.status();
    digits_.emplace(*std::move(digits));
    absl::StatusOr<DigitsModel> model = DigitsModelOf(
        settings_.model(), settings_.dropout(), digits_->dataset);
    if (!model.ok()) return model.status();
    model_ = *std::move(model);
    return absl::OkStatus();
  }

  std::vector<std::string> DataFiles() const override { return DigitFileList(settings_.files()); }

  absl::Status Prepare(const RunFolder&, Progress&, hairpin::Run*) override {
    return absl::OkStatus();
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    return std::make_unique<DigitsTask>(
        context, model_,
        AugmentOptions{.shift = settings_.shift(),
                       .degrees = settings_.degrees(),
                       .noise = settings_.noise(),
                       .seed = Seed()},
        DatasetTaskOptions{.dataset = digits_->dataset,
                           .train = digits_->train,
                           .evaluation = digits_->test,
                           .micro_batch = settings_.training().micro_batch(),
                           .seed = Seed()},
        settings_.mixup());
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    absl::StatusOr<ConfusionMatrix> matrix = static_cast<DigitsTask&>(task).Confusion();
    if (!matrix.ok()) return matrix.status();
    std::printf("%s", matrix->Table(digits_->dataset.class_names()).c_str());
    return TrainingProgram::Finish(task, trainer, folder);
  }

 private:
  uint64_t Seed() const { return static_cast<uint64_t>(settings_.training().seed()); }

  const SettingsRules rules_ = {.program = "train_digits",
                                .flags = Flags(),
                                .paths = DigitPaths(),
                                .resolve = Resolve};
  TrainDigitsSettings settings_;
  std::optional<DigitData> digits_;
  DigitsModel model_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
