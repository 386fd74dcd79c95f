// Measures that look at the order of scores rather than at the best one alone.
//
//   correct += CountTopK(logits, targets, 5);                  // [N, K], [N]
//   const double auc = AreaUnderRoc(scores, positive);         // one score a sample
//
// Allocates for sorting.
#ifndef HAIRPIN_NN_METRICS_RANKING_H_
#define HAIRPIN_NN_METRICS_RANKING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "tensor/tensor.h"

namespace hairpin {

// How many rows of scores [N, K] (float32 or float64) have their target (int32 [N]; -100 is left
// out) among the `k` largest: fewer than k others are larger, or equal and of a smaller number. A
// target whose score is NaN is not among them. CHECKs shapes, and that targets are in [0, K).
int64_t CountTopK(const Tensor& scores, const Tensor& targets, int64_t k);

// The area under the receiver operating characteristic: the probability that a positive sample has
// a larger score than a negative one, equal scores counting one half (Hanley and McNeil, Radiology
// 143, 1982). By ranks, in O(N log N). NaN where there is no positive or no negative sample, or
// where a score is NaN. CHECKs equal sizes.
double AreaUnderRoc(absl::Span<const double> scores, absl::Span<const bool> positive);

// The mean over the classes of each class against all others, from scores [N, K]: scikit-learn's
// roc_auc_score with multi_class="ovr", average="macro". NaN where a class doesn't occur.
double AreaUnderRoc(const Tensor& scores, const Tensor& targets);

}  // namespace hairpin

#endif  // HAIRPIN_NN_METRICS_RANKING_H_
