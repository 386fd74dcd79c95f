// Neighbouring paragraphs of a text as pairs, for learning what belongs together.
//
//   auto pairs = ReadParagraphPairs({"novels.txt"}, vocabulary, {.tokens = 64});
//   PairBatch batch = {PaddedBatch(32, 64), PaddedBatch(32, 64)};
//   pairs->Load(/*seed=*/1, first_sample, &batch);  // row b of `first` belongs to that of `second`
//
// A paragraph is a line that is not blank. A pair is two that follow each other, in one file, and
// have at least min_words words each (headings and single words tell nothing). Sample s of n pairs
// is pair ShuffledRecord(seed, s, n), so the position in the data is one number. Errors
// are those of data/line_reader.h, and INVALID_ARGUMENT where there is no pair at all.
#ifndef HAIRPIN_DATA_TEXT_PARAGRAPH_PAIRS_H_
#define HAIRPIN_DATA_TEXT_PARAGRAPH_PAIRS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text/token_rows.h"
#include "data/vocabulary.h"

namespace hairpin {

struct PairBatch {
  PaddedBatch first, second;
};

struct ParagraphPairOptions {
  int tokens = 64;  // T of each, [CLS] and [SEP] included
  bool lowercase = true;
  int min_words = 8;  // ids, to be exact; at most T - 2
};

class ParagraphPairs {
 public:
  int64_t size() const { return static_cast<int64_t>(pairs_.size()); }
  // The paragraphs of all pairs, and which two of them are pair i.
  const TokenRows& paragraphs() const { return rows_; }
  std::pair<int64_t, int64_t> Pair(int64_t i) const { return {pairs_[i], pairs_[i] + 1}; }

  // Samples [first_sample, first_sample + max_sequences) of training.
  void Load(uint64_t seed, int64_t first_sample, PairBatch* batch) const;
  // Pairs [first, first + max_sequences) as far as there are any; first in [0, size()).
  void LoadInOrder(int64_t first, PairBatch* batch) const;

 private:
  friend absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>&,
                                                           const Vocabulary&,
                                                           const ParagraphPairOptions&);
  explicit ParagraphPairs(TokenRows rows) : rows_(std::move(rows)) {}
  void Copy(int64_t pair, int b, PairBatch* batch) const;

  TokenRows rows_;
  std::vector<int64_t> pairs_;  // the first row of each
};

// The vocabulary must outlive what is returned.
absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>& paths,
                                                  const Vocabulary& vocabulary,
                                                  const ParagraphPairOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_PARAGRAPH_PAIRS_H_
