// Continuation: a trained language model that is fed a text piece by piece, and says what may
// follow.
//
//   absl::StatusOr<std::unique_ptr<Continuation>> model = LoadContinuation(checkpoint);
//   absl::Span<const float> logits = (*model)->Feed(prompt_ids);      // [V], of the next token
//   logits = (*model)->Feed({next_id});
//
// What was fed before is remembered as keys and values (GPT) or as states (LSTM, GRU), not computed
// again. A GPT sees seq_len tokens at most: when they are full, it goes on from the newer half.
#ifndef HAIRPIN_TOOLS_LANGUAGE_CONTINUATION_H_
#define HAIRPIN_TOOLS_LANGUAGE_CONTINUATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace hairpin {

class Continuation {
 public:
  virtual ~Continuation() = default;
  virtual int32_t vocab_size() const = 0;
  // At least one id, in [0, vocab_size). The logits are valid until the next call.
  virtual absl::Span<const float> Feed(const std::vector<int32_t>& ids) = 0;
};

// A model of the config in the checkpoint, which is train_gpt's or train_lstm's. INVALID_ARGUMENT
// for others; else the errors of nn/checkpoint.h.
absl::StatusOr<std::unique_ptr<Continuation>> LoadContinuation(const std::string& checkpoint);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_LANGUAGE_CONTINUATION_H_
