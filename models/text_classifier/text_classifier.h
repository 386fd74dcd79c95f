// Text classifier: a Mini-BERT's encoder, the mean of what it says of a text, a linear map.
//
//   TextClassifierConfig config;
//   *config.mutable_encoder() = MiniPreset();                  // and its vocab_size
//   for (const std::string& label : labels) config.add_labels(label);
//   TextClassifier model({.seed = 1}, config);
//   Variable logits = model.Forward(recording.Constant(ids), recording.Constant(visible));
//   recording.Backward(TextClassLoss(std::move(logits), recording.Constant(classes)).loss);
//
//   logits = linear(dropout(mean over the visible t of encoder(ids)_t))
//
// Source: Devlin et al., "BERT", NAACL 2019, section 4. There the pooled vector is that of [CLS],
// which is trained by next sentences; a masked model that never was has it in the mean.
#ifndef HAIRPIN_MODELS_TEXT_CLASSIFIER_TEXT_CLASSIFIER_H_
#define HAIRPIN_MODELS_TEXT_CLASSIFIER_TEXT_CLASSIFIER_H_

#include <span>

#include "absl/status/status.h"
#include "models/mini_bert/mini_bert.h"
#include "models/text_classifier/text_classifier.pb.h"
#include "nn/dropout.h"
#include "nn/linear.h"
#include "ops/cross_entropy.h"

namespace hairpin {

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const TextClassifierConfig& config);

class TextClassifier : public nn::Module {
 public:
  // CHECKs a valid config.
  TextClassifier(const nn::ModuleContext& context, const TextClassifierConfig& config);
  const TextClassifierConfig& config() const { return config_; }
  // Its names begin with "encoder." here.
  MiniBertEncoder& encoder() { return encoder_; }

  // Logits [B, classes] of ids int32 [B, T], T <= seq_len; visible int32 [B, T], 0 for padding.
  Variable Forward(Variable ids, Variable visible);

 private:
  TextClassifierConfig config_;
  MiniBertEncoder& encoder_;
  nn::Dropout& dropout_;
  nn::Linear& classes_;
};

// Summed over logits [B, classes] and their classes, int32 [B]; each times the weight of its class
// where there are weights.
CrossEntropyResult TextClassLoss(Variable logits, Variable classes,
                                 std::span<const float> weights = {});

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_TEXT_CLASSIFIER_TEXT_CLASSIFIER_H_
