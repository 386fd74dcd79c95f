// A small training in a folder of its own, for tests that cross floors.
#ifndef HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_
#define HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_

#include <cstdlib>
#include <memory>
#include <string>

#include "data/sample/sample_corpus.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tools/training/mlm_data.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/mlm_trainer.h"
#include "tools/training/run_folder.h"

namespace hairpin {

inline std::string TemporaryPath(const std::string& name) {
  return std::string(std::getenv("TEST_TMPDIR")) + "/" + name;
}

// A model of two layers on the sample's first 400 paragraphs: accumulation and
// dropout on, a line a log, checkpoints every 10 steps.
inline TrainMlmSettings SmallSettings() {
  TrainMlmSettings settings;
  settings.set_data("sample");
  settings.set_layers(2);
  settings.set_hidden(32);
  settings.set_heads(2);
  settings.set_intermediate(64);
  settings.set_seq_len(32);
  settings.set_vocab_size(300);
  settings.set_steps(20);
  settings.set_micro_batch(4);
  settings.set_accumulation(2);
  settings.set_dropout(0.1);
  settings.set_threads(1);
  settings.set_log_every(5);
  settings.set_eval_every(10);
  settings.set_checkpoint_every(10);
  settings.set_keep(9);
  EXPECT_TRUE(ResolveSettings(&settings).ok());
  return settings;
}

class SmallRun {
 public:
  // `terminal`: as if standard error were one, with a progress line.
  SmallRun(const std::string& name, const TrainMlmSettings& settings, bool terminal = false)
      : progress_(terminal), folder_(TemporaryPath(name)), settings_(settings) {
    const std::string text_path = TemporaryPath(name + ".txt");
    std::string text;
    for (uint32_t line = 0; line < 400; ++line) text += SampleLine(line) + "\n";
    EXPECT_TRUE(WriteFileAtomically(text_path, text).ok());
    EXPECT_TRUE(folder_.MakeFolders().ok());
    Run run;
    absl::StatusOr<MlmData> data =
        PrepareMlmData({.data = {text_path}, .eval_data = {}}, settings_, folder_, progress_, &run);
    EXPECT_TRUE(data.ok()) << data.status().ToString();
    data_ = std::make_unique<MlmData>(*std::move(data));
    settings_.set_vocab_size(data_->vocabulary->size());
    trainer_ = MakeTrainer();
  }

  std::unique_ptr<MlmTrainer> MakeTrainer() {
    return std::make_unique<MlmTrainer>(settings_, config(), *data_, folder_, progress_);
  }
  MiniBertConfig config() const { return ConfigOf(settings_, settings_.vocab_size()); }
  MlmTrainer& trainer() { return *trainer_; }
  void Restart() { trainer_ = MakeTrainer(); }
  const RunFolder& folder() const { return folder_; }
  const TrainMlmSettings& settings() const { return settings_; }

 private:
  Progress progress_;
  RunFolder folder_;
  TrainMlmSettings settings_;
  std::unique_ptr<MlmData> data_;
  std::unique_ptr<MlmTrainer> trainer_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_
