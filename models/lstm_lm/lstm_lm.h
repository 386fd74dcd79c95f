// A recurrent language model: an embedding, layers of LSTM or GRU, a head.
//
//   LstmLmConfig config = LstmLmPreset();
//   config.set_vocab_size(66);
//   LstmLm model({.seed = 1}, config);
//   Variable logits = model.Forward(recording.Constant(ids));                // [B, T, V]
//   recording.Backward(NextTokenLoss(std::move(logits), recording.Constant(next)).loss);
//
//   std::vector<nn::RecurrentState> states;                                  // generation
//   model.Forward(recording.Constant(prompt), &states);                      // int32 [1, n]
//   model.Forward(recording.Constant(last_id), &states);                     // [1, 1], and so on
//
// Source: Mikolov et al., "Recurrent neural network based language model", 2010; dropout as in
// Zaremba et al., "Recurrent neural network regularization", 2014.
#ifndef HAIRPIN_MODELS_LSTM_LM_LSTM_LM_H_
#define HAIRPIN_MODELS_LSTM_LM_LSTM_LM_H_

#include <vector>

#include "absl/status/status.h"
#include "models/lstm_lm/lstm_lm.pb.h"
#include "models/next_token_loss.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/recurrent_layer.h"

namespace hairpin {

// 1 layer of LSTM, hidden 256, embedding 64; the vocabulary's size is left to be set.
LstmLmConfig LstmLmPreset();

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const LstmLmConfig& config);

class LstmLm : public nn::Module {
 public:
  // CHECKs a valid config.
  LstmLm(const nn::ModuleContext& context, const LstmLmConfig& config);
  const LstmLmConfig& config() const { return config_; }

  // Logits [B, T, V] of ids int32 [B, T]. With states the ids follow what gave those, which are
  // replaced; empty ones are zeros.
  Variable Forward(Variable ids, std::vector<nn::RecurrentState>* states = nullptr);

 private:
  LstmLmConfig config_;
  nn::Embedding& token_;
  nn::Recurrent& layers_;
  nn::Linear& head_;
  nn::Dropout& dropout_;
};

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_LSTM_LM_LSTM_LM_H_
