// Cross-entropy to several classes in shares, or with weights of classes.
//
//   // q [B, K]: of image b 0.7 of class 3 and 0.3 of class 5
//   CrossEntropyResult result = nn::SoftCrossEntropy(logits, q, classes);
//   // class 0 counts half as much as class 1
//   CrossEntropyResult result = nn::WeightedCrossEntropy(logits, classes, {0.5f, 1.0f});
//
//   loss = -sum_b sum_k q_bk log softmax(x_b)_k
//
// With q_b = l onehot(a) + (1 - l) onehot(c), as of mixup, it is l CE(x_b, a) + (1 - l) CE(x_b, c);
// with q_b = w_k onehot(k) the cross-entropy to k times the weight of k. A sum over the rows, which
// is not divided by the sum of the weights: those of data/dataset.h are 1 on average.
#ifndef HAIRPIN_NN_SOFT_CROSS_ENTROPY_H_
#define HAIRPIN_NN_SOFT_CROSS_ENTROPY_H_

#include <span>

#include "autograd/recording.h"
#include "ops/cross_entropy.h"

namespace hairpin::nn {

// logits and shares [B, K] of one dtype; `correct` counts the rows that guess `classes`, int32 [B].
CrossEntropyResult SoftCrossEntropy(Variable logits, Variable shares, Variable classes);

// logits [B, K] and K weights.
CrossEntropyResult WeightedCrossEntropy(Variable logits, Variable classes,
                                        std::span<const float> weights);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_SOFT_CROSS_ENTROPY_H_
