// Sampler: which token comes next, drawn from a model's logits.
//
//   Sampler sampler({.temperature = 0.8, .top_k = 40}, /*seed=*/7);
//   for (int64_t i = 0; i < count; ++i) ids.push_back(sampler.Draw(LogitsAfter(ids), i));
//
// In the order of transformers' generate: logits are divided by the temperature; all but the top_k
// largest are left out; of the rest, the most probable whose probabilities reach top_p together
// stay; one is drawn by what is left. The draw number i of a seed is a pure function of both and
// the logits, so a text can be made again, and from its middle.
// Sources: top-k: Fan, Lewis and Dauphin, "Hierarchical neural story generation", 2018; top-p:
// Holtzman et al., "The curious case of neural text degeneration", 2020.
#ifndef HAIRPIN_NN_SAMPLER_H_
#define HAIRPIN_NN_SAMPLER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "tensor/philox.h"

namespace hairpin {

// The constructor CHECKs the ranges.
struct SamplerOptions {
  double temperature = 1;  // at least 0; 0 always takes the largest logit, the first of equals
  int64_t top_k = 0;       // at least 0; 0 leaves out none. Equals of the k-th stay, too
  double top_p = 1;        // in (0, 1]
};

class Sampler {
 public:
  Sampler(const SamplerOptions& options, uint64_t seed);

  // The token of draw number `draw`, in [0, logits.size()). Logits of -infinity are never drawn.
  // CHECKs that there is a logit, that none is NaN or +infinity, and that not all are -infinity.
  // Uses memory of its own that it keeps; not thread-safe.
  int64_t Draw(absl::Span<const float> logits, int64_t draw);

  // What Draw draws by: tokens with their probabilities, the most probable first (of equals the
  // one with the smaller number). Until the next call.
  absl::Span<const std::pair<int64_t, double>> Distribution(absl::Span<const float> logits);

 private:
  SamplerOptions options_;
  Philox random_;
  std::vector<std::pair<int64_t, double>> candidates_;
};

}  // namespace hairpin

#endif  // HAIRPIN_NN_SAMPLER_H_
