// Batches for a masked language model, by number.
//
//   MlmLoader loader(cache, {.seed = 1, .vocabulary_size = V});
//   MlmBatch batch(8, cache.seq_len(), loader.max_masked_per_sequence());
//   absl::Status status = loader.Load(first_sample, &batch);     // samples first .. first + 7
//
// The position in the data is one number, the sample's: with n records, sample s is record
// Permutation(seed, s / n, n)(s % n) with the masks of (seed, s / n, record). So any batch can be
// loaded at any time, and where an epoch ends inside a batch nothing special happens.
//
// A batch's memory is taken when it is made; loading takes none.
#ifndef HAIRPIN_DATA_BATCH_H_
#define HAIRPIN_DATA_BATCH_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "data/masking.h"
#include "data/token_cache.h"

namespace hairpin {

// B sequences of T ids, of which M are masked.
class MlmBatch {
 public:
  // Room for `max_sequences` of `seq_len` ids and `max_masked_per_sequence` masked in each.
  MlmBatch(int max_sequences, int seq_len, int max_masked_per_sequence);

  int max_sequences() const { return max_sequences_; }
  int seq_len() const { return seq_len_; }        // T
  int sequences() const { return sequences_; }    // B: max_sequences, or fewer in evaluation
  int masked() const { return masked_; }          // M, at most B * max_masked_per_sequence
  int max_masked() const { return static_cast<int>(rows_.size()); }

  // [B, T]: what the model reads, masks put in.
  std::span<const int32_t> ids() const { return std::span(ids_).first(Positions()); }
  // [B, T]: 1 where attention may look, 0 at [PAD].
  std::span<const int32_t> attention_mask() const {
    return std::span(attention_mask_).first(Positions());
  }
  // Whether any of attention_mask is 0.
  bool padded() const { return padded_; }
  // [M]: the masked positions as rows b T + t of [B T], ascending.
  std::span<const int32_t> masked_rows() const { return std::span(rows_).first(masked_); }
  // [M]: the ids that stood there.
  std::span<const int32_t> labels() const { return std::span(labels_).first(masked_); }

 private:
  friend class MlmLoader;
  size_t Positions() const { return static_cast<size_t>(sequences_) * seq_len_; }
  void Clear(int sequences);
  // The places of sequence b, and what is left of rows and labels.
  std::span<int32_t> Ids(int b) { return std::span(ids_).subspan(size_t(b) * seq_len_, seq_len_); }
  std::span<int32_t> RowsLeft() { return std::span(rows_).subspan(masked_); }
  std::span<int32_t> LabelsLeft() { return std::span(labels_).subspan(masked_); }
  void SetAttentionMask(int b);
  void AddMasked(int b, int count);

  int max_sequences_, seq_len_;
  int sequences_ = 0, masked_ = 0;
  bool padded_ = false;
  std::vector<int32_t> ids_, attention_mask_, rows_, labels_;
};

// The cache must outlive it. Any number of threads may load, each into its own batch.
class MlmLoader {
 public:
  MlmLoader(const TokenCache& cache, const MaskingOptions& options);

  // What a training batch needs room for; an evaluation batch: MaxEvaluationMaskedPerSequence.
  int max_masked_per_sequence() const;

  // Samples [first_sample, first_sample + batch->max_sequences()) of training. Fails only where
  // TokenCache::Read does.
  absl::Status Load(int64_t first_sample, MlmBatch* batch) const;

  // Evaluation: records [first_record, first_record + max_sequences) as far as there are any,
  // masked by MaskForEvaluation with the record's number. first_record in [0, records()).
  static absl::Status LoadEvaluation(const TokenCache& cache, int64_t first_record,
                                     MlmBatch* batch);

  // Without any text: [CLS], ids drawn evenly from [5, V), [SEP], masked as training masks, so that
  // every sequence has the most masked positions there can be. With `padded` the last id of all is
  // [PAD] instead. For measuring what a training takes. The batch has room as for training.
  static void LoadRandom(const MaskingOptions& options, bool padded, MlmBatch* batch);

 private:
  const TokenCache& cache_;
  MaskingOptions options_;
  Masker masker_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_BATCH_H_
