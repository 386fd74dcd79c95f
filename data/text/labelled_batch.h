// Batches of texts with their classes, by number.
//
//   TokenRows rows(vocabulary, {.tokens = 64});
//   for (const std::string& text : lines.texts) rows.Add(text);
//   const LabelledLoader train(rows, lines.classes, split.train, /*seed=*/1);
//   LabelledBatch batch(/*max_sequences=*/16, rows.tokens());
//   train.Load(first_sample, &batch);
//
// Of n records, sample s is number ShuffledRecord(seed, s, n) of them: the position in
// the data is one number. A batch's memory is taken when it is made; loading takes none.
#ifndef HAIRPIN_DATA_TEXT_LABELLED_BATCH_H_
#define HAIRPIN_DATA_TEXT_LABELLED_BATCH_H_

#include <cstdint>
#include <span>
#include <vector>

#include "data/text/token_rows.h"

namespace hairpin {

class LabelledBatch {
 public:
  LabelledBatch(int max_sequences, int tokens)
      : text_(max_sequences, tokens), classes_(static_cast<size_t>(max_sequences)) {}

  const PaddedBatch& text() const { return text_; }  // [B, T]
  std::span<const int32_t> classes() const {         // [B]
    return std::span(classes_).first(static_cast<size_t>(text_.sequences()));
  }

 private:
  friend class LabelledLoader;
  PaddedBatch text_;
  std::vector<int32_t> classes_;
};

// Rows and classes must outlive it. Any number of threads may load, each into its own batch.
class LabelledLoader {
 public:
  // Of the records named, at least one; a class for each row.
  LabelledLoader(const TokenRows& rows, std::span<const int32_t> classes,
                 std::vector<int64_t> records, uint64_t seed = 0);

  int64_t size() const { return static_cast<int64_t>(records_.size()); }  // n

  // Samples [first_sample, first_sample + max_sequences).
  void Load(int64_t first_sample, LabelledBatch* batch) const;
  // The records named, from `first` in [0, n) on, as far as there are any.
  void LoadInOrder(int64_t first, LabelledBatch* batch) const;

 private:
  void Set(int b, int64_t record, LabelledBatch* batch) const;

  const TokenRows& rows_;
  std::span<const int32_t> classes_;
  std::vector<int64_t> records_;
  uint64_t seed_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_LABELLED_BATCH_H_
