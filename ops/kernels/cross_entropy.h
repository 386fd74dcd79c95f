// Softmax and cross-entropy of rows in one, T float or double: the softmax is
// never stored.
//
//   kernels::CrossEntropy(logits, targets, -1, M, V, loss, lse, correct);
//   kernels::CrossEntropyBackward(logits, targets, -1, lse, dloss, M, V, logits);
//
// logits are [M, V], V >= 1; targets [M] in [0, V), or ignore_index; loss, lse,
// dloss [M].
#ifndef HAIRPIN_OPS_KERNELS_CROSS_ENTROPY_H_
#define HAIRPIN_OPS_KERNELS_CROSS_ENTROPY_H_

#include <cstdint>

namespace hairpin::kernels {

// lse = ln sum exp(logits), both 0 for a row that is ignored,
//   loss = lse - (1 - s) logits[target] - s mean(logits),  s = smoothing in [0, 1]:
// cross-entropy with a target of 1 - s, and s spread over all V classes. correct (null if not
// wanted): 1 where the target is the row's first largest logit, else 0.
template <typename T>
void CrossEntropy(const T* logits, const int32_t* targets, int32_t ignore_index, int64_t M,
                  int64_t V, T* loss, T* lse, int32_t* correct, double smoothing = 0);

// dlogits = dloss (exp(logits - lse) - (1 - s) onehot(target) - s / V); 0 for a row that is
// ignored. dlogits may be logits.
template <typename T>
void CrossEntropyBackward(const T* logits, const int32_t* targets, int32_t ignore_index,
                          const T* lse, const T* dloss, int64_t M, int64_t V, T* dlogits,
                          double smoothing = 0);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CROSS_ENTROPY_H_
