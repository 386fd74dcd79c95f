#include "models/text_classifier/text_classifier.h"

#include <utility>

#include "models/config_check.h"
#include "nn/pooling.h"
#include "nn/soft_cross_entropy.h"

namespace hairpin {

absl::Status ValidateConfig(const TextClassifierConfig& config) {
  absl::Status status = ValidateConfig(config.encoder());
  if (status.ok()) status = CheckSizes({{"labels", config.labels_size(), 2}});
  if (status.ok()) status = CheckFraction("dropout", config.dropout());
  return status;
}

TextClassifier::TextClassifier(const nn::ModuleContext& context,
                               const TextClassifierConfig& config)
    : config_(CheckedConfig("TextClassifier", config)),
      encoder_(Add<MiniBertEncoder>(context, "encoder", config.encoder())),
      dropout_(Add<nn::Dropout>(context, "dropout", config.dropout())),
      classes_(Add<nn::Linear>(context, "classes",
                               nn::LinearOptions{.in = config.encoder().hidden(),
                                                 .out = config.labels_size(),
                                                 .initial_deviation = 0.02})) {}

Variable TextClassifier::Forward(Variable ids, Variable visible) {
  Variable hidden = encoder_.Encode({.ids = std::move(ids), .visible = visible});
  const Scope scope(hidden.recording(), "pooled");
  Variable pooled = nn::MeanPooling(std::move(hidden), std::move(visible));
  return classes_.Forward(dropout_.Forward(std::move(pooled)));
}

CrossEntropyResult TextClassLoss(Variable logits, Variable classes,
                                 std::span<const float> weights) {
  const Scope scope(logits.recording(), "loss");
  if (weights.empty()) return CrossEntropy(std::move(logits), std::move(classes));
  return nn::WeightedCrossEntropy(std::move(logits), std::move(classes), weights);
}

}  // namespace hairpin
