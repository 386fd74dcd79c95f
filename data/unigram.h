// The loss of a model that knows only how often each token occurs: what a trained one must beat.
//
//   auto baseline = UnigramBaseline(train, evaluation);      // 6.52 on the novels
//
// Over the ids >= 5, with c(v) their counts in training and N the sum of these,
//   q(v) = (c(v) + 1) / (N + V - 5),   loss = mean over evaluation ids v >= 5 of -ln q(v).
// The special tokens and [UNK] take no part in q: they are never predicted.
#ifndef HAIRPIN_DATA_UNIGRAM_H_
#define HAIRPIN_DATA_UNIGRAM_H_

#include "absl/status/statusor.h"
#include "data/token_cache.h"
#include "tensor/stop_question.h"

namespace hairpin {

// Nats. Both caches have the same vocabulary. INVALID_ARGUMENT where the evaluation records have no
// id >= 5; CANCELLED where `stop`, asked at each record, says so.
absl::StatusOr<double> UnigramBaseline(const TokenCache& train, const TokenCache& evaluation,
                                       const StopQuestion& stop = nullptr);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_UNIGRAM_H_
