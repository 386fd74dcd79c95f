// How well vectors find what belongs to them.
//
//   absl::StatusOr<double> recall = RecallAt(10, first, second);  // rows i of both belong together
#ifndef HAIRPIN_TOOLS_SENTENCES_RECALL_H_
#define HAIRPIN_TOOLS_SENTENCES_RECALL_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tensor/stop_question.h"
#include "tensor/tensor.h"

namespace hairpin {

// Recall at k: the share of rows i of `queries` whose own row i of `candidates` is among the k with
// the largest products. Both float32 [P, C], P >= 1; of length 1 where cosines are meant. CANCELLED
// where `stop`, asked at each 256 rows, says so.
absl::StatusOr<double> RecallAt(int64_t k, const Tensor& queries, const Tensor& candidates,
                                const StopQuestion& stop = nullptr);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_RECALL_H_
