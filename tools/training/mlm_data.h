// From text to what a masked language model is trained on: the vocabulary and
// the caches of ids of a run folder, made or found complete.
#ifndef HAIRPIN_TOOLS_TRAINING_MLM_DATA_H_
#define HAIRPIN_TOOLS_TRAINING_MLM_DATA_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/token_cache.h"
#include "data/vocabulary.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

struct MlmData {
  std::optional<Vocabulary> vocabulary;
  std::unique_ptr<TokenCache> train, evaluation;
  double unigram_loss = 0;
};

// The files of --data and --eval_data, or the sample's.
struct MlmText {
  std::vector<std::string> data, eval_data;
};

// Every file can be read, and --vocab is one that can be trained with; before
// anything is written. Errors name the flag. A run that has its vocab.txt needs
// --vocab no more, and with ignore_data_change none of its texts.
absl::Status CheckText(const MlmText& text, const TrainMlmSettings& settings,
                       const RunFolder& folder);

// Makes what is not there, uses what is: the settings' vocabulary goes to
// vocab.txt, ids to tokens/train and tokens/eval. Ids that are damaged, or of
// another text, vocabulary or packing than these, are made again, saying why; with
// ignore_data_change, which says that the texts have changed, nothing is made, and
// ids of another text are taken. FAILED_PRECONDITION where vocab.txt is not the one
// that the run's record has the hash of; it gets it if it has none.
absl::StatusOr<MlmData> PrepareMlmData(const MlmText& text, const TrainMlmSettings& settings,
                                       const RunFolder& folder, Progress& progress, Run* run);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MLM_DATA_H_
