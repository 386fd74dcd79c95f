// Trains a Mini-BERT on text: `bazel run //tools:train_mlm -- --help`.
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "data/sample/sample_corpus.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/program/training_program.h"
#include "tools/training/flags.h"
#include "tools/training/mask_filler.h"
#include "tools/training/mlm_data.h"
#include "tools/training/mlm_memory.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/mlm_task.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a masked language model, a Mini-BERT, on plain text. Without flags it trains on the\n"
    "built-in sample. Example:\n"
    "  train_mlm --data=novels.txt --eval_data=valid.txt --steps=4000 --out_dir=runs/novels\n";

absl::StatusOr<MlmText> FindText(const TrainMlmSettings& settings) {
  MlmText text = {SplitPaths(settings.data()), SplitPaths(settings.eval_data())};
  if (!settings.data().empty()) return text;
  if (!settings.eval_data().empty()) {
    return absl::InvalidArgumentError(
        "--eval_data: found files, expected none without --data: the sample brings its own");
  }
  const std::string sample = FindRunfile("hairpin/data/sample/sample.txt");
  if (sample.empty()) {
    return absl::NotFoundError(
        "--data: found none, and the built-in sample is not beside the program; start it with "
        "bazel run or give --data");
  }
  text.data = {sample};
  return text;
}

void ShowSample(MiniBert& model, const Vocabulary& vocabulary) {
  MaskFiller filler(model, vocabulary, /*lowercase=*/true);
  for (const SampleQuestion& question : SampleQuestions()) {
    const auto masks = filler.Fill(question.sentence, 5);
    if (masks.ok()) {
      std::printf("%s%s\n", FormatGuesses(question.sentence, *masks).c_str(),
                  absl::StrCat("    (", question.shows, ": ", question.answer, ")").c_str());
    }
  }
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return TrainMlmRules(); }
  TrainMlmSettings& settings() override { return settings_; }
  const char* size_flags() const override { return kMlmSizeFlags; }

  absl::Status Open(const RunFolder& folder) override {
    absl::StatusOr<MlmText> text = FindText(settings_);
    if (!text.ok()) return text.status();
    text_ = *std::move(text);
    if (absl::Status s = CheckText(text_, settings_, folder); !s.ok()) return s;
    // The record of a run that is resumed may say anything.
    return ForField(rules().flags, "--vocab",
                    ValidateConfig(ConfigOf(settings_, settings_.vocab_size())));
  }

  std::vector<std::string> DataFiles() const override {
    const absl::StatusOr<MlmText> text = FindText(settings_);
    if (!text.ok()) return {};  // Open says why
    std::vector<std::string> files = text->data;
    files.insert(files.end(), text->eval_data.begin(), text->eval_data.end());
    return files;
  }

  // Vocabulary and ids of the run.
  absl::Status Prepare(const RunFolder& folder, Progress& progress, hairpin::Run* run) override {
    absl::StatusOr<MlmData> data = PrepareMlmData(text_, settings_, folder, progress, run);
    if (!data.ok()) return data.status();
    data_ = std::make_unique<MlmData>(*std::move(data));
    settings_.set_vocab_size(data_->vocabulary->size());
    return absl::OkStatus();
  }

  // Before Prepare with the largest vocabulary that there can be.
  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    return std::make_unique<MlmTask>(context, settings_,
                                     ConfigOf(settings_, settings_.vocab_size()), data_.get());
  }

  std::string About() const override {
    return absl::StrFormat("unigram loss %.4f", data_->unigram_loss);
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder&) override {
    if (trainer.last_evaluation().count > 0) {
      const double loss = trainer.last_evaluation().loss();
      const double gain = data_->unigram_loss - loss;
      std::printf("evaluation loss %.4f, %.4f %s word frequencies alone\n", loss, std::abs(gain),
                  gain < 0 ? "above" : "below");
    } else {
      std::printf("evaluation: nothing masked\n");
    }
    if (UsesSample(settings_)) {
      ShowSample(static_cast<MlmTask&>(task).model(), *data_->vocabulary);
    }
    return absl::OkStatus();
  }

 private:
  TrainMlmSettings settings_;
  MlmText text_;
  std::unique_ptr<MlmData> data_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
