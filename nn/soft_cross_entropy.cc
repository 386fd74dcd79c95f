#include "nn/soft_cross_entropy.h"

#include <algorithm>
#include <utility>

#include "ops/index_select.h"
#include "ops/log_softmax.h"
#include "ops/mul.h"
#include "ops/scale.h"
#include "ops/sum.h"
#include "tensor/check.h"

namespace hairpin::nn {

CrossEntropyResult SoftCrossEntropy(Variable logits, Variable shares, Variable classes) {
  HAIRPIN_CHECK(logits.shape().rank() == 2 && shares.shape() == logits.shape())
      << "SoftCrossEntropy: logits " << logits.shape() << ", shares " << shares.shape()
      << ", expected [B, K] twice";
  CrossEntropyResult guesses = CrossEntropy(logits, std::move(classes));
  Variable terms = Mul(LogSoftmax(std::move(logits)), std::move(shares));
  return {.loss = Scale(Sum(std::move(terms)), -1), .correct = std::move(guesses.correct)};
}

CrossEntropyResult WeightedCrossEntropy(Variable logits, Variable classes,
                                        std::span<const float> weights) {
  const auto K = static_cast<int64_t>(weights.size());
  HAIRPIN_CHECK(logits.shape().rank() == 2 && logits.shape()[1] == K)
      << "WeightedCrossEntropy: logits " << logits.shape() << ", " << K << " weights";
  Recording& recording = logits.recording();
  // Row k has the weight of k at k, and 0 elsewhere.
  Tensor rows = Tensor::Empty({logits.spec().dtype, Shape({K, K})}, Purpose::kActivation,
                              recording.allocator());
  if (!recording.dry()) {
    DispatchFloating(rows.dtype(), [&]<class T>() {
      std::fill_n(rows.raw<T>(), K * K, T{0});
      for (int64_t k = 0; k < K; ++k) rows.raw<T>()[k * K + k] = static_cast<T>(weights[k]);
    });
  }
  Variable shares = IndexSelect(recording.Constant(std::move(rows)), classes);
  return SoftCrossEntropy(std::move(logits), std::move(shares), std::move(classes));
}

}  // namespace hairpin::nn
