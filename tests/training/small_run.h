// A small training in a folder of its own, for tests that cross floors.
#ifndef HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_
#define HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_

#include <cstdint>
#include <memory>
#include <string>

#include "data/sample/sample_corpus.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/progress.h"
#include "tools/training/run_folder.h"
#include "tools/training/tiny_run.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"

namespace hairpin {

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

// The sample's first lines as a file of the test's folder.
inline std::string WriteSampleText(const std::string& name) {
  std::string text;
  for (uint32_t line = 0; line < 400; ++line) text += SampleLine(line) + "\n";
  return WriteTestFile(name + ".txt", text);
}

// A TinyRun on that text, with its trainer.
class SmallRun {
 public:
  // `terminal`: as if standard error were one, with a progress line.
  SmallRun(const std::string& name, const TrainMlmSettings& settings, bool terminal = false)
      : progress_(terminal),
        run_(name, settings, {.data = {WriteSampleText(name)}, .eval_data = {}}),
        trainer_(MakeTrainer()) {}

  std::unique_ptr<Trainer> MakeTrainer() {
    return std::make_unique<Trainer>(CommonSettings(settings()), run_.NewTask(), folder(),
                                     progress_);
  }
  MiniBertConfig config() const { return run_.config(); }
  Trainer& trainer() { return *trainer_; }
  void Restart() { trainer_ = MakeTrainer(); }
  const RunFolder& folder() const { return run_.folder; }
  const TrainMlmSettings& settings() const { return run_.settings; }

 private:
  Progress progress_;
  TinyRun run_;
  std::unique_ptr<Trainer> trainer_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_TRAINING_SMALL_RUN_H_
