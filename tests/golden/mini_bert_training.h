// Mini-BERT as the golden values of "bert" and "flagship" ran it: the gradient of a logical batch
// of several micro-batches, and training steps.
//
//   MiniBert model({.dtype = DType::kFloat64}, ConfigFrom(manifest["config"]));
//   const TrainingOptions options(manifest["training"]);
//   AdamW optimizer(DecayMatricesOnly(model, options.weight_decay), ...);
//   StepResult result = TrainStep(model, dtype, {MakeMlmBatch(ids, visible, labels)}, options, 0,
//                                 optimizer);
#ifndef HAIRPIN_TESTS_GOLDEN_MINI_BERT_TRAINING_H_
#define HAIRPIN_TESTS_GOLDEN_MINI_BERT_TRAINING_H_

#include <cstdint>
#include <vector>

#include "models/mini_bert/mini_bert.h"
#include "nlohmann/json.hpp"
#include "optim/optimizer.h"
#include "tensor/tensor.h"

namespace hairpin::golden {

// layers, hidden, heads, intermediate, vocab, sequence; no dropout.
MiniBertConfig ConfigFrom(const nlohmann::json& config);

struct MlmBatch {
  Tensor ids;      // int32 [B, T]
  Tensor visible;  // int32 [B, T], or null: nothing is padded
  Tensor rows;     // int32 [M], the masked positions b T + t
  Tensor labels;   // int32 [M]
  int64_t masked() const { return labels.num_elements(); }
};

// labels int32 [B, T], -100 where a position is not masked.
MlmBatch MakeMlmBatch(const Tensor& ids, const Tensor& visible, const Tensor& labels);

// The batch as constants of the recording.
MiniBertInputs InputsOf(Recording& recording, const MlmBatch& batch);

struct StepResult {
  double learning_rate = 0;  // of TrainStep
  double loss = 0;           // mean over the masked positions of all micro-batches
  double gradient_norm = 0;  // before clipping
  int64_t correct = 0;
  Tensor logits;  // [M, V] of the last micro-batch, a copy
};

// Replaces the gradients of the model's parameters by those of the mean loss over the masked
// positions of all micro-batches together: N of them, each summed loss has the seed 1 / N.
StepResult Differentiate(MiniBert& model, DType dtype,
                         const std::vector<MlmBatch>& micro_batches);

struct TrainingOptions {
  explicit TrainingOptions(const nlohmann::json& training);
  double lr, clip, beta1, beta2, eps, weight_decay;
  int64_t warmup, total;
};

// Differentiate, then a clipped step at the scheduled rate of `step` (from 0).
StepResult TrainStep(MiniBert& model, DType dtype, const std::vector<MlmBatch>& micro_batches,
                     const TrainingOptions& options, int64_t step, Optimizer& optimizer);

}  // namespace hairpin::golden

#endif  // HAIRPIN_TESTS_GOLDEN_MINI_BERT_TRAINING_H_
