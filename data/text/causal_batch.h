// Batches for a causal language model, by number: windows of a text and what comes next.
//
//   std::vector<int32_t> ids = ...;                          // of a whole text
//   const CausalLoader loader(ids, {.seed = 1, .tokens = 64});
//   CausalBatch batch(/*max_sequences=*/12, /*tokens=*/64);
//   loader.Load(first_sample, &batch);                       // samples first_sample .. + 11
//
// Sample s is the window of T ids that begins at offset o(s), uniform in [0, n - T) and a pure
// function of (seed, s): inputs ids[o, o + T), labels ids[o + 1, o + T + 1). So the position in the
// data is one number, and any batch can be loaded at any time. Windows overlap and no epoch ends.
// Source: Karpathy, nanoGPT, its get_batch, with a counter in the place of a generator's state.
//
// Evaluation takes the windows one beside another: window w begins at w T. The fewer than T ids
// that are left at the end take no part.
//
// A batch's memory is taken when it is made; loading takes none.
#ifndef HAIRPIN_DATA_TEXT_CAUSAL_BATCH_H_
#define HAIRPIN_DATA_TEXT_CAUSAL_BATCH_H_

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/philox.h"

namespace hairpin {

// B sequences of T ids and the ids after each.
class CausalBatch {
 public:
  CausalBatch(int max_sequences, int tokens);

  int max_sequences() const { return max_sequences_; }
  int tokens() const { return tokens_; }        // T
  int sequences() const { return sequences_; }  // B: max_sequences, or fewer in evaluation

  std::span<const int32_t> inputs() const { return std::span(inputs_).first(Positions()); }
  std::span<const int32_t> labels() const { return std::span(labels_).first(Positions()); }

 private:
  friend class CausalLoader;
  size_t Positions() const { return static_cast<size_t>(sequences_) * tokens_; }
  // Sequence b is the T + 1 ids of `window`.
  void Set(int b, std::span<const int32_t> window);

  int max_sequences_, tokens_;
  int sequences_ = 0;
  std::vector<int32_t> inputs_, labels_;
};

struct CausalOptions {
  uint64_t seed = 0;
  int tokens = 64;  // T
};

// The ids must outlive it. Any number of threads may load, each into its own batch.
class CausalLoader {
 public:
  // At least T + 1 ids.
  CausalLoader(std::span<const int32_t> ids, const CausalOptions& options);

  // o(sample), sample >= 0.
  int64_t Offset(int64_t sample) const;

  // Samples [first_sample, first_sample + batch->max_sequences()).
  void Load(int64_t first_sample, CausalBatch* batch) const;

  // How many windows evaluation has: (n - 1) / T.
  int64_t windows() const;
  // Windows [first, first + max_sequences) as far as there are any; first in [0, windows()).
  void LoadInOrder(int64_t first, CausalBatch* batch) const;

 private:
  void Check(int64_t first, const CausalBatch& batch) const;
  std::span<const int32_t> Window(int64_t offset) const;

  std::span<const int32_t> ids_;
  Philox random_;
  int tokens_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_CAUSAL_BATCH_H_
