// Trains a classifier of texts: `bazel run //tools:train_classifier -- --help`.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "tensor/stop_question.h"
#include "tools/program/training_program.h"
#include "tools/sentences/classification_report.h"
#include "tools/sentences/classifier_task.h"
#include "tools/sentences/encoder_source.h"
#include "tools/sentences/labelled_data.h"
#include "tools/train_classifier.pb.h"
#include "tools/training/class_weights.h"
#include "tools/training/stop.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a Mini-BERT's encoder to tell the label of a text, from lines label<TAB>text: from a\n"
    "pre-trained run of train_mlm or from nothing. Example:\n"
    "  train_classifier --data=speeches.tsv --pretrained=runs/novels --out_dir=runs/speakers\n"
    "  classify --run=runs/speakers 'My kingdom for a horse!'\n";

constexpr FlagSpec kOwn[] = {
    {"Text", "data", "[required]", "file of lines label<TAB>text"},
    {"Text", "eval_data", "[a part of --data]", "file of such lines to evaluate on"},
    {"Text", "evaluation_share", "0.2", "share of the lines that is kept for that", 0.0001, 0.9},
    {"Training", "steps", "300", "optimizer steps", 1, 1e12},
    {"Training", "micro_batch", "16", "lines computed at once", 1, 65536},
    {"Training", "lr", "3e-4", "highest learning rate, a step", 0, 1e6},
    kClassWeightsFlag,
    {"Output", "eval_every", "100", "steps between evaluations; 0 = at the end only", 0, 1e12},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithEncoderFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  auto& settings = static_cast<TrainClassifierSettings&>(*message);
  if (settings.data().empty()) {
    return absl::InvalidArgumentError("--data: found none, expected a file of lines "
                                      "label<TAB>text");
  }
  if (absl::Status s = ResolveEncoder(settings.mutable_encoder()); !s.ok()) return s;
  return ResolveTraining(Flags(), message);
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainClassifierSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--hidden, --layers, --seq_len, --micro_batch"; }

  absl::Status Open(const RunFolder& folder) override {
    absl::StatusOr<LabelledData> data = ReadLabelledData(
        {.data = UserPath(settings_.data()),
         .eval_data = settings_.has_eval_data() ? UserPath(settings_.eval_data()) : "",
         .evaluation_share = settings_.evaluation_share()});
    if (!data.ok()) return data.status();
    data_.emplace(*std::move(data));
    const LabelledLines& lines = data_->lines;
    absl::StatusOr<std::vector<float>> weights =
        ClassWeights(settings_.class_weights(), lines.classes,
                     static_cast<int32_t>(lines.labels.size()), data_->train);
    if (!weights.ok()) return weights.status();
    class_weights_ = *std::move(weights);
    absl::StatusOr<EncoderSource> source = OpenEncoder(
        settings_.encoder(), folder, [&](const VocabularyTrainerOptions& options) {
          return TrainVocabulary(data_->TrainTexts(), settings_.data(), options);
        });
    if (!source.ok()) return source.status();
    source_.emplace(*std::move(source));
    rows_.emplace(*source_->vocabulary,
                  TokenRowsOptions{.tokens = source_->config.seq_len(),
                                   .lowercase = settings_.encoder().lowercase()});
    for (const std::string& text : data_->lines.texts) {
      if (absl::Status s = CheckStop(StopAsked, "lines became ids"); !s.ok()) return s;
      rows_->Add(text);
    }
    *config_.mutable_encoder() = source_->config;
    for (const std::string& label : data_->lines.labels) config_.add_labels(label);
    config_.set_dropout(settings_.encoder().dropout());
    return ForField(Flags(), "--data", ValidateConfig(config_));
  }

  std::vector<std::string> DataFiles() const override {
    std::vector<std::string> files = {UserPath(settings_.data())};
    if (settings_.has_eval_data()) files.push_back(UserPath(settings_.eval_data()));
    return files;
  }

  absl::Status Prepare(const RunFolder& folder, Progress&, hairpin::Run* run) override {
    return KeepEncoderSource(*source_, folder, run);
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    const TrainingSettings& training = settings_.training();
    return std::make_unique<ClassifierTask>(
        context, config_,
        ClassifierTaskOptions{.data = *data_,
                              .rows = *rows_,
                              .micro_batch = training.micro_batch(),
                              .seed = static_cast<uint64_t>(training.seed()),
                              .class_weights = class_weights_});
  }

  absl::Status Initialize(TrainingTask& task) override {
    return LoadEncoder(*source_, &static_cast<ClassifierTask&>(task).model().encoder());
  }

  std::string About() const override {
    return absl::StrFormat("%d labels, %d and %d lines, the commonest label is right for %.3f",
                           data_->lines.labels.size(), data_->train.size(),
                           data_->evaluation.size(), data_->MajorityAccuracy());
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    const auto& classifier = static_cast<ClassifierTask&>(task);
    std::printf("%s", ClassificationReport(*data_, classifier.guesses(),
                                           classifier.Confusion()).c_str());
    std::printf("to classify other lines: classify --run=%s\n", folder.path().c_str());
    return TrainingProgram::Finish(task, trainer, folder);
  }

 private:
  const SettingsRules rules_ = {.program = "train_classifier",
                                .flags = Flags(),
                                .paths = {"data", "eval_data", "pretrained", "vocab", "trace"},
                                .resolve = Resolve};
  TrainClassifierSettings settings_;
  std::optional<LabelledData> data_;
  std::vector<float> class_weights_;
  std::optional<EncoderSource> source_;
  std::optional<TokenRows> rows_;
  TextClassifierConfig config_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
