// The model of a run of train_classifier or train_embedding, with its vocabulary.
//
//   absl::StatusOr<TrainedRun> run = OpenTrainedRun("train_classifier", flags.run(), "");
//   auto model = LoadRunModel<TextClassifier, TextClassifierConfig>(*run);
#ifndef HAIRPIN_TOOLS_SENTENCES_RUN_MODEL_H_
#define HAIRPIN_TOOLS_SENTENCES_RUN_MODEL_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "data/vocabulary.h"
#include "models/load_model.h"
#include "tools/training/flags.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// A run folder, and the checkpoint in it that is asked for or else the newest that verifies.
struct TrainedRun {
  Run run;
  std::unique_ptr<Vocabulary> vocabulary;
  bool lowercase = true;
  std::string checkpoint = {};
};
// Errors name --run or --checkpoint. INVALID_ARGUMENT where the run is not one of `program`.
absl::StatusOr<TrainedRun> OpenTrainedRun(const std::string& program, const std::string& run,
                                          const std::string& checkpoint);

// The model that it holds, of a Config that has an encoder.
template <class Model, class Config>
absl::StatusOr<std::unique_ptr<Model>> LoadRunModel(const TrainedRun& run) {
  const absl::StatusOr<Config> config = ReadConfig<Config>(run.checkpoint);
  if (!config.ok()) return ForFlag("--checkpoint", config.status());
  if (config->encoder().vocab_size() != run.vocabulary->size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        run.checkpoint, ": found a model of ", config->encoder().vocab_size(),
        " tokens, expected the ", run.vocabulary->size(), " of the run's vocab.txt"));
  }
  return LoadModel<Model>(run.checkpoint, *config);
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_RUN_MODEL_H_
