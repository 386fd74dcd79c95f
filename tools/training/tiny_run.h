// The smallest training there is, for tests of this folder.
#ifndef HAIRPIN_TOOLS_TRAINING_TINY_RUN_H_
#define HAIRPIN_TOOLS_TRAINING_TINY_RUN_H_

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "nn/module.h"
#include "tensor/check.h"
#include "tensor/test_files.h"
#include "tools/training/mlm_data.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/mlm_task.h"
#include "tools/training/progress.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// Lines of three to eight words out of sixteen.
inline std::string TinyText(int lines) {
  static constexpr const char* kWords[] = {"the", "old",  "man",  "sat",  "by",    "fire",
                                           "and", "read", "his",  "book", "while", "a",
                                           "dog", "ran",  "over", "hill"};
  std::string text;
  for (int line = 0; line < lines; ++line) {
    for (int word = 1; word <= 3 + line % 6; ++word) {
      text += kWords[(line * word + line / 7) % 16];
      text += word < 3 + line % 6 ? " " : "\n";
    }
  }
  return text;
}

// One layer of eight channels, sequences of eight tokens, steps of 2 x 2 of them.
inline TrainMlmSettings TinySettings() {
  TrainMlmSettings settings;
  settings.set_data("text.txt");
  settings.set_layers(1);
  settings.set_hidden(8);
  settings.set_heads(2);
  settings.set_intermediate(16);
  settings.set_seq_len(8);
  settings.set_vocab_size(64);
  settings.set_steps(4);
  settings.set_micro_batch(2);
  settings.set_accumulation(2);
  settings.set_threads(1);
  const absl::Status status = ResolveSettings(&settings);
  HAIRPIN_CHECK(status.ok()) << status.ToString();
  return settings;
}

// A run's folder of this name, made, with vocabulary and ids of `text`; settings get
// the vocabulary's size.
struct TinyRun {
  TinyRun(const std::string& name, const TrainMlmSettings& wished, const MlmText& text)
      : folder(TestPath(name)), settings(wished) {
    const absl::Status made = folder.MakeFolders();
    HAIRPIN_CHECK(made.ok()) << made.ToString();
    Run run;
    absl::StatusOr<MlmData> prepared = PrepareMlmData(text, settings, folder, progress, &run);
    HAIRPIN_CHECK(prepared.ok()) << prepared.status().ToString();
    data = *std::move(prepared);
    settings.set_vocab_size(data.vocabulary->size());
  }
  explicit TinyRun(const std::string& name, const TrainMlmSettings& wished = TinySettings())
      : TinyRun(name, wished, {.data = {WriteTestFile(name + ".txt", TinyText(200))},
                               .eval_data = {}}) {}

  MiniBertConfig config() const { return ConfigOf(settings, settings.vocab_size()); }

  // With a model of its own; alive as long as the run.
  MlmTask& NewTask() {
    return tasks.emplace_back(
        nn::ModuleContext{.seed = static_cast<uint64_t>(settings.seed())}, settings, config(),
        &data);
  }

  Progress progress{/*terminal=*/false};
  RunFolder folder;
  TrainMlmSettings settings;
  MlmData data;
  std::list<MlmTask> tasks;
};

// The numbers of a parameter, to be changed.
inline absl::Span<float> ParameterNumbers(nn::Module& module, std::string_view name) {
  absl::Span<float> numbers;
  module.VisitParameters([&](const nn::ParameterVisit& visit) {
    if (visit.name() != name) return;
    Tensor& value = visit.parameter.value();
    numbers = {value.mutable_data<float>(), static_cast<size_t>(value.shape().num_elements())};
  });
  HAIRPIN_CHECK(!numbers.empty()) << name;
  return numbers;
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TINY_RUN_H_
