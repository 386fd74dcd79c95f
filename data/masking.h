// Which ids of a sequence a masked language model has to guess.
//
//   const Masker masker({.seed = 1, .vocabulary_size = 8192});
//   int k = masker.Mask(epoch, record, ids, positions, labels);   // ids are changed
//   k = MaskForEvaluation(sequence, ids, positions, labels);      // without dice
//
// Maskable are the n ids >= 5 of a sequence: neither special tokens nor [UNK]. Training chooses
// exactly k of them without replacement,
//   k = 0 if n = 0, else min(n, max(1, floor(p n + 0.5))),
// each set of k as likely as any other; each chosen id becomes [MASK] with 0.8, a random id in
// [5, V) with 0.1, and stays with 0.1. Source: Devlin et al., "BERT", 2018, section 3.1; there the
// number varies, here it is fixed.
//
// Everything is a pure function of (seed, epoch, record, position): no order of calls, no thread
// and no resumption changes it.
#ifndef HAIRPIN_DATA_MASKING_H_
#define HAIRPIN_DATA_MASKING_H_

#include <cstdint>
#include <span>

#include "tensor/philox.h"

namespace hairpin {

// k of n maskable positions, n >= 0, p in [0, 1].
int MaskedCount(double probability, int n);

// The most that training masks of T positions, of which two are [CLS] and [SEP]:
// max(1, floor(p (T - 2) + 0.5)), but at most T - 2. T >= 3.
int MaxMaskedPerSequence(double probability, int seq_len);

// The most that evaluation masks of T positions: every tenth of T - 2, rounded up.
int MaxEvaluationMaskedPerSequence(int seq_len);

struct MaskingOptions {
  uint64_t seed = 0;
  double probability = 0.15;    // p, in [0, 1]
  int32_t vocabulary_size = 0;  // V, at least 6
};

// Any number of threads may use one.
class Masker {
 public:
  explicit Masker(const MaskingOptions& options);

  // Masks the T ids of `record` in `epoch`, both less than 2^32 and 2^62. The k positions in [0, T)
  // that were chosen, ascending, go to the front of `positions`, the ids that stood there to the
  // front of `labels`; each has room for k. Returns k. Allocates nothing.
  int Mask(uint64_t epoch, int64_t record, std::span<int32_t> ids, std::span<int32_t> positions,
           std::span<int32_t> labels) const;

 private:
  MaskingOptions options_;
  Philox random_;
};

// Position p >= 1 of sequence i is masked, always with [MASK], when (p - 1 - i) mod 10 = 0 and it
// is maskable. The rest as for Masker::Mask.
int MaskForEvaluation(int64_t sequence, std::span<int32_t> ids, std::span<int32_t> positions,
                      std::span<int32_t> labels);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_MASKING_H_
