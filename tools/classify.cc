// Tells the labels of texts with a trained classifier: `bazel run //tools:classify -- --help`.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/text/token_rows.h"
#include "models/text_classifier/text_classifier.h"
#include "tools/sentences/class_guess.h"
#include "tools/sentences/each_text.h"
#include "tools/sentences/run_model.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Tells the labels of texts with a model of train_classifier, texts from arguments or, without\n"
    "any, from standard input, one a line. A line for each: label, probability, and those of the\n"
    "next likely labels, then the text, with tabs between. Example:\n"
    "  classify --run=runs/speakers --top=3 'My kingdom for a horse!'\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "run", "[required]", "the run folder that train_classifier made"},
    {"Flags", "checkpoint", "[the newest that verifies]", "a checkpoint file"},
    {"Flags", "top", "1", "labels shown for each text", 1, 1000},
};

absl::Status Classify(const ClassifyFlags& flags, const std::vector<std::string>& texts) {
  const absl::StatusOr<TrainedRun> run =
      OpenTrainedRun("train_classifier", flags.run(), flags.checkpoint());
  if (!run.ok()) return run.status();
  const auto model = LoadRunModel<TextClassifier, TextClassifierConfig>(*run);
  if (!model.ok()) return model.status();
  const TextClassifierConfig& config = (*model)->config();
  return ForEachText(texts, [&](const std::string& text) {
    TokenRows rows(*run->vocabulary,
                   {.tokens = config.encoder().seq_len(), .lowercase = run->lowercase});
    rows.Add(text);
    const std::span<const int32_t> ids = rows.Row(0);
    const Shape shape({1, static_cast<int64_t>(ids.size())});
    const std::vector<int32_t> visible(ids.size(), 1);
    Recording recording({.train = false, .gradients = false});
    const Variable logits = (*model)->Forward(
        recording.Constant(Tensor::FromValues<int32_t>(shape, {ids.data(), ids.size()})),
        recording.Constant(Tensor::FromValues<int32_t>(shape, visible)));
    for (const ClassGuess& guess : LikeliestClasses(logits.value(), 0, flags.top())) {
      std::printf("%s\t%.3f\t", config.labels(guess.label).c_str(), guess.probability);
    }
    std::printf("%s\n", text.c_str());
  });
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::ClassifyFlags flags;
  return hairpin::RunProgram("classify", hairpin::kUsage, hairpin::kFlags, argc, argv, &flags,
                             [&](const std::vector<std::string>& texts) {
                               hairpin::SetDefaults(hairpin::kFlags, &flags);
                               return hairpin::Classify(flags, texts);
                             });
}
