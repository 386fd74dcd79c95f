// Pairs of paragraphs, cut into those to learn from and those to be evaluated on.
//
//   absl::StatusOr<PairData> pairs = ReadPairData({"novels.txt"}, {}, vocabulary, {.tokens = 64});
//   pairs->data->Pair(pairs->split.train[7]);             // the numbers of two paragraphs
#ifndef HAIRPIN_TOOLS_SENTENCES_PAIR_DATA_H_
#define HAIRPIN_TOOLS_SENTENCES_PAIR_DATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text/paragraph_pairs.h"
#include "data/vocabulary.h"

namespace hairpin {

struct PairData {
  std::optional<ParagraphPairs> data, eval_data;  // eval_data where there are files for it
  PairSplit split;                                // of data and evaluation(), at least one of each
  const ParagraphPairs& evaluation() const { return eval_data ? *eval_data : *data; }
};

// Without files for evaluation every 50th pair of data. Errors name --data or --eval_data. The
// vocabulary must outlive what is returned.
absl::StatusOr<PairData> ReadPairData(const std::vector<std::string>& data,
                                      const std::vector<std::string>& eval_data,
                                      const Vocabulary& vocabulary,
                                      const ParagraphPairOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_PAIR_DATA_H_
