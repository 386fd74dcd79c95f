// Texts as rows of ids of different lengths, and batches of them, padded, by number.
//
//   TokenRows rows(vocabulary, {.tokens = 64});
//   rows.Add("a text");                                  // [CLS] a text [SEP]
//   PaddedBatch batch(/*max_sequences=*/8, /*tokens=*/64);
//   batch.Clear(8);
//   rows.Copy(/*row=*/17, /*b=*/0, &batch);              // ids, then [PAD]; mask 1, then 0
//
// A text that has more than T ids with [CLS] and [SEP] is cut to T, the [SEP] kept. Memory is the
// ids that there are; padding is made when a batch is.
#ifndef HAIRPIN_DATA_TEXT_TOKEN_ROWS_H_
#define HAIRPIN_DATA_TEXT_TOKEN_ROWS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/vocabulary.h"
#include "data/wordpiece.h"

namespace hairpin {

// B sequences of T ids.
class PaddedBatch {
 public:
  PaddedBatch(int max_sequences, int tokens);

  int max_sequences() const { return max_sequences_; }
  int tokens() const { return tokens_; }        // T
  int sequences() const { return sequences_; }  // B
  // [B, T]: [PAD] after a row's end.
  std::span<const int32_t> ids() const { return std::span(ids_).first(Positions()); }
  // [B, T]: 1 where attention may look, 0 at [PAD].
  std::span<const int32_t> attention_mask() const { return std::span(mask_).first(Positions()); }

  // Makes it one of `sequences` rows, whose ids are then to be set.
  void Clear(int sequences);
  // Row b: at most T ids.
  void Set(int b, std::span<const int32_t> ids);

 private:
  size_t Positions() const { return static_cast<size_t>(sequences_) * tokens_; }

  int max_sequences_, tokens_;
  int sequences_ = 0;
  std::vector<int32_t> ids_, mask_;
};

struct TokenRowsOptions {
  int tokens = 64;  // T, at least 3
  bool lowercase = true;
};

class TokenRows {
 public:
  // The vocabulary must be one to train with (ids 0 to 4 special) and outlive the object.
  TokenRows(const Vocabulary& vocabulary, const TokenRowsOptions& options);

  void Add(std::string_view text);

  int64_t size() const { return static_cast<int64_t>(ends_.size()); }
  int tokens() const { return options_.tokens; }
  // [CLS], the text's ids, [SEP].
  std::span<const int32_t> Row(int64_t row) const;
  void Copy(int64_t row, int b, PaddedBatch* batch) const { batch->Set(b, Row(row)); }

 private:
  TokenRowsOptions options_;
  WordPieceEncoder encoder_;
  std::vector<int32_t> ids_;
  std::vector<int64_t> ends_;  // of each row in ids_
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_TOKEN_ROWS_H_
