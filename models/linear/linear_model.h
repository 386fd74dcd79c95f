// Linear and logistic regression, and what they become with hidden layers: the multilayer
// perceptron.
//
//   LinearModelConfig config;
//   config.set_features(2);
//   config.set_classes(2);
//   config.add_hidden(64);
//   LinearModel model({.seed = 1}, config);
//   Variable logits = model.Forward(x);                       // x [B, features] -> [B, classes]
//   CrossEntropyResult result = LinearModelLoss(logits, labels, {});
//
//   y = W_n relu(... relu(W_1 x + b_1) ...) + b_n
//
// A number that is predicted is y of [B, 1], in units of its deviation about its mean. Weights are
// drawn with He's deviation, sqrt(2 / in).
#ifndef HAIRPIN_MODELS_LINEAR_LINEAR_MODEL_H_
#define HAIRPIN_MODELS_LINEAR_LINEAR_MODEL_H_

#include <span>

#include "absl/status/status.h"
#include "models/linear/linear.pb.h"
#include "nn/module.h"
#include "nn/sequential.h"
#include "ops/cross_entropy.h"

namespace hairpin {

// INVALID_ARGUMENT, naming the field, found and expected: sizes that are not in [1, 2^20], classes
// below 0, a deviation that is not above 0 where a number is predicted.
absl::Status ValidateConfig(const LinearModelConfig& config);

class LinearModel : public nn::Layer {
 public:
  // CHECKs a valid config.
  LinearModel(const nn::ModuleContext& context, const LinearModelConfig& config);

  const LinearModelConfig& config() const { return config_; }

  // [B, features] -> [B, classes], or [B, 1].
  Variable Forward(Variable x) override;

 private:
  LinearModelConfig config_;
  nn::Sequential& layers_;
};

// The sum over all rows, where there are classes, int32 [B], of y's cross-entropies, each times the
// weight of its class if there are weights, and how many were guessed right; else of the squared
// errors to targets [B, 1], and no guesses.
CrossEntropyResult LinearModelLoss(Variable y, Variable classes, Variable targets,
                                   std::span<const float> weights = {});

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_LINEAR_LINEAR_MODEL_H_
