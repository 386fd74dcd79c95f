// Neighbouring paragraphs of a text as pairs, for learning what belongs together.
//
//   auto pairs = ReadParagraphPairs({"novels.txt"}, vocabulary, {.tokens = 64});
//   const PairSplit split = SplitPairs(*pairs, /*every=*/50);
//   const PairLoader train(*pairs, split.train, /*seed=*/1);
//   PaddedBatch batch(/*max_sequences=*/2 * 32, /*tokens=*/64);
//   train.Load(first_sample, &batch);               // rows b and 32 + b are a pair
//
// A paragraph is a line that is not blank. A pair is two that follow each other, in one file, and
// have at least min_words words each (headings and single words tell nothing). Of n pairs, sample s
// is number ShuffledRecord(seed, s, n) of them, so the position in the data is one number. Errors
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
#include "tensor/stop_question.h"

namespace hairpin {

struct ParagraphPairOptions {
  int tokens = 64;  // T of each, [CLS] and [SEP] included
  bool lowercase = true;
  int min_words = 8;  // ids, to be exact; at most T - 2
  StopQuestion stop = nullptr;  // asked before each read; true: CANCELLED
};

class ParagraphPairs {
 public:
  int64_t size() const { return static_cast<int64_t>(pairs_.size()); }
  // The paragraphs of all pairs, and which two of them are pair i.
  const TokenRows& paragraphs() const { return rows_; }
  std::pair<int64_t, int64_t> Pair(int64_t i) const { return {pairs_[i], pairs_[i] + 1}; }

 private:
  friend absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>&,
                                                           const Vocabulary&,
                                                           const ParagraphPairOptions&);
  explicit ParagraphPairs(TokenRows rows) : rows_(std::move(rows)) {}

  TokenRows rows_;
  std::vector<int64_t> pairs_;  // the first row of each
};

// The vocabulary must outlive what is returned.
absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>& paths,
                                                  const Vocabulary& vocabulary,
                                                  const ParagraphPairOptions& options);

// Numbers of pairs: for evaluation, of which no two share a paragraph, and for training those that
// share none with them. Both ascending.
struct PairSplit {
  std::vector<int64_t> train, evaluation;
};
// Each `every`-th pair is for evaluation, `every` 2 or more. 1: as many as there can be, and none
// for training.
PairSplit SplitPairs(const ParagraphPairs& pairs, int64_t every);

// The pairs must outlive it. Any number of threads may load, each into its own batch, which has an
// even number of sequences at most.
class PairLoader {
 public:
  // Of the pairs named, at least one.
  PairLoader(const ParagraphPairs& pairs, std::vector<int64_t> records, uint64_t seed = 0);

  int64_t size() const { return static_cast<int64_t>(records_.size()); }  // n

  // Samples [first_sample, first_sample + max_sequences / 2).
  void Load(int64_t first_sample, PaddedBatch* batch) const;
  // The pairs named, from `first` in [0, n) on, as far as there are any.
  void LoadInOrder(int64_t first, PaddedBatch* batch) const;

 private:
  void Set(int b, int64_t pair, PaddedBatch* batch) const;

  const ParagraphPairs& pairs_;
  std::vector<int64_t> records_;
  uint64_t seed_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_PARAGRAPH_PAIRS_H_
