// Fills [MASK]s in sentences with a trained Mini-BERT.
//
//   MaskFiller filler(model, vocabulary, /*lowercase=*/true);
//   auto masks = filler.Fill("the old [MASK] sat by the fire", 5);
#ifndef HAIRPIN_TOOLS_TRAINING_MASK_FILLER_H_
#define HAIRPIN_TOOLS_TRAINING_MASK_FILLER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "data/vocabulary.h"
#include "data/wordpiece.h"
#include "models/mini_bert/mini_bert.h"

namespace hairpin {

struct Guess {
  std::string token;
  double probability = 0;
};

class MaskFiller {
 public:
  MaskFiller(MiniBert& model, const Vocabulary& vocabulary, bool lowercase);

  // For each [MASK] of the sentence the `top` likeliest tokens, likeliest first;
  // special tokens are not among them. InvalidArgument where there is no [MASK]
  // or the sentence has more tokens than the model reads.
  absl::StatusOr<std::vector<std::vector<Guess>>> Fill(const std::string& sentence, int top);

 private:
  MiniBert& model_;
  const Vocabulary& vocabulary_;
  WordPieceEncoder encoder_;
};

// The sentence and its guesses as lines for a person.
std::string FormatGuesses(const std::string& sentence,
                          const std::vector<std::vector<Guess>>& masks);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MASK_FILLER_H_
