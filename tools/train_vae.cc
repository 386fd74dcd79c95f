// Trains a variational autoencoder of images: `bazel run //tools:train_vae -- --help`.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/image/image_file.h"
#include "models/vae/vae.h"
#include "ops/sigmoid.h"
#include "tools/digits/digit_data.h"
#include "tools/digits/vae_task.h"
#include "tools/program/training_program.h"
#include "tools/train_vae.pb.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a variational autoencoder on images such as MNIST's, and makes new ones. At its end\n"
    "RUN/samples.png shows images from random codes, RUN/interpolations.png rows that go from one\n"
    "image for testing to another by their codes. Example:\n"
    "  train_vae --images=t10k-images-idx3-ubyte.gz --labels=t10k-labels-idx1-ubyte.gz\n";

constexpr FlagSpec kOwn[] = {
    {"Model", "hidden", "400", "channels of the hidden layers", 1, 1048576},
    {"Model", "latent", "20", "numbers of a code", 1, 1048576},
    {"Training", "steps", "2500", "optimizer steps", 1, 1e12},
    {"Training", "micro_batch", "128", "images computed at once", 1, 65536},
    {"Training", "schedule", "cosine", kScheduleMeaning},
    {"Training", "clip_norm", "0", "largest global norm of the gradient; 0 = no clipping", 0, 1e30},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithDigitFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  const auto& settings = static_cast<TrainVaeSettings&>(*message);
  if (absl::Status files = CheckDigitFiles(settings.files()); !files.ok()) return files;
  return ResolveTraining(Flags(), message);
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainVaeSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--hidden, --latent, --micro_batch"; }

  absl::Status Open(const RunFolder&) override {
    absl::StatusOr<DigitData> digits = ReadDigits(settings_.files());
    if (!digits.ok()) return digits.status();
    digits_.emplace(*std::move(digits));
    config_.set_features(static_cast<int32_t>(digits_->dataset.features_per_record()));
    config_.set_hidden(settings_.hidden());
    config_.set_latent(settings_.latent());
    return ForField(Flags(), "--images", ValidateConfig(config_));
  }

  std::vector<std::string> DataFiles() const override { return DigitFileList(settings_.files()); }

  absl::Status Prepare(const RunFolder&, Progress&, hairpin::Run*) override {
    return absl::OkStatus();
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    return std::make_unique<VaeTask>(
        context, config_,
        DatasetTaskOptions{.dataset = digits_->dataset,
                           .train = digits_->train,
                           .evaluation = digits_->test,
                           .micro_batch = settings_.training().micro_batch(),
                           .seed = Seed()});
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    Vae& model = static_cast<VaeTask&>(task).model();
    absl::Status status = Draw(model, RandomCodes(), folder.path() + "/samples.png");
    if (status.ok()) {
      status = Draw(model, CodesBetween(model), folder.path() + "/interpolations.png");
    }
    return status.ok() ? TrainingProgram::Finish(task, trainer, folder) : status;
  }

 private:
  static constexpr int kRows = 10, kColumns = 10;

  uint64_t Seed() const { return static_cast<uint64_t>(settings_.training().seed()); }

  // [kRows kColumns, latent] each.
  Tensor RandomCodes() const {
    Tensor codes = Tensor::Empty({DType::kFloat32, {kRows * kColumns, config_.latent()}});
    StandardNormal(Seed() + 1, 0, codes.num_elements(), codes.raw<float>());
    return codes;
  }

  // A row goes from the mean code of one image for testing to that of the next.
  Tensor CodesBetween(Vae& model) const {
    const int64_t features = config_.features(), latent = config_.latent();
    const auto images = static_cast<int64_t>(digits_->test.size());
    Tensor ends = Tensor::Empty({DType::kFloat32, {2 * kRows, features}});
    for (int64_t i = 0; i < 2 * kRows; ++i) {
      digits_->dataset.ReadFeatures(
          digits_->test[i % images],
          std::span(ends.raw<float>() + i * features, static_cast<size_t>(features)));
    }
    Recording recording({.train = false, .gradients = false});
    const Tensor means = model.Encode(recording.Constant(ends)).mean.value();
    Tensor codes = Tensor::Empty({DType::kFloat32, {kRows * kColumns, latent}});
    for (int64_t i = 0; i < codes.num_elements(); ++i) {
      const int64_t row = i / latent / kColumns, column = i / latent % kColumns;
      const float* const from = means.data<float>() + 2 * row * latent + i % latent;
      const float t = static_cast<float>(column) / (kColumns - 1);
      codes.raw<float>()[i] = (1 - t) * from[0] + t * from[latent];
    }
    return codes;
  }

  absl::Status Draw(Vae& model, const Tensor& codes, const std::string& path) const {
    Recording recording({.train = false, .gradients = false});
    const Tensor images = Sigmoid(model.Decode(recording.Constant(codes))).value();
    const Shape& shape = digits_->dataset.record_shape();
    return WritePng(path, ImageGrid(images.values<float>(), {shape[0], shape[1], shape[2]},
                                    kColumns));
  }

  const SettingsRules rules_ = {
      .program = "train_vae", .flags = Flags(), .paths = DigitPaths(), .resolve = Resolve};
  TrainVaeSettings settings_;
  std::optional<DigitData> digits_;
  VaeConfig config_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
