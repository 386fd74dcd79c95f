// LanguageProgram: what train_gpt and train_lstm share; a subclass has settings, rules and a model.
#ifndef HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_PROGRAM_H_
#define HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_PROGRAM_H_

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "nn/metrics/calibration.h"
#include "tools/language/language_task.h"
#include "tools/program/training_program.h"

namespace hairpin {

template <class Model>
class LanguageProgram : public TrainingProgram {
 public:
  const char* size_flags() const override { return "--hidden, --layers, --seq_len, --micro_batch"; }

  // A text that has changed has no say in what its tokens are.
  absl::Status Open(const RunFolder& folder) override {
    absl::StatusOr<std::unique_ptr<TextCodec>> codec = nullptr;
    if (training().ignore_data_change()) codec = LoadCodec(folder, {}, text());
    if (!codec.ok()) return codec.status();
    absl::StatusOr<LanguageData> data = ReadLanguageData(text(), *std::move(codec));
    if (!data.ok()) return data.status();
    data_.emplace(*std::move(data));
    return ForField(rules().flags, "--data", ValidateConfig(Config(data_->codec->size())));
  }

  std::vector<std::string> DataFiles() const override { return TextFiles(text()); }

  absl::Status Prepare(const RunFolder& folder, Progress& progress, Run* run) override {
    return SaveCodec(text(), *data_->codec, folder, progress, run);
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    const TrainingSettings& settings = training();
    return std::make_unique<LanguageTask<Model>>(
        context, Config(data_->codec->size()),
        LanguageTaskOptions{.data = *data_,
                            .seq_len = text().seq_len(),
                            .micro_batch = settings.micro_batch(),
                            .seed = static_cast<uint64_t>(settings.seed())});
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    std::printf("perplexity %.3f a token; to hear it: generate --run=%s\n",
                Perplexity(trainer.last_evaluation().loss()), folder.path().c_str());
    return TrainingProgram::Finish(task, trainer, folder);
  }

 protected:
  virtual const LanguageText& text() const = 0;
  virtual const TrainingSettings& training() const = 0;
  virtual typename LanguageTask<Model>::Config Config(int32_t vocab_size) const = 0;

 private:
  std::optional<LanguageData> data_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_PROGRAM_H_
