// GPT: a decoder-only language model, pre-norm, causal, with learned positions and a tied head.
//
//   GptConfig config = GptPreset();
//   config.set_vocab_size(66);
//   Gpt model({.seed = 1}, config);
//   Variable logits = model.Forward(recording.Constant(ids));                  // [B, T, V]
//   recording.Backward(NextTokenLoss(std::move(logits), recording.Constant(next)).loss);
//
//   GptCache cache = model.MakeCache(context, /*batch=*/1);                    // generation
//   model.Forward(recording.Constant(prompt), {}, &cache);                     // int32 [1, n]
//   model.Forward(recording.Constant(last_id), {}, &cache);                    // [1, 1], and so on
//
//   x = dropout(token[ids] + position); L times a TransformerDecoderLayer
//   logits = norm(x) token^T
//
// Source: Radford et al. 2019 (GPT-2); presets as in Karpathy, nanoGPT.
#ifndef HAIRPIN_MODELS_GPT_GPT_H_
#define HAIRPIN_MODELS_GPT_GPT_H_

#include <vector>

#include "absl/status/status.h"
#include "models/gpt/gpt.pb.h"
#include "models/next_token_loss.h"
#include "nn/embedding.h"
#include "nn/transformer_decoder_layer.h"

namespace hairpin {

// 4 layers, hidden 128, 4 heads, sequence 64; the vocabulary's size is left to be set.
GptConfig GptPreset();

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const GptConfig& config);

// One for each layer; all hold the same positions.
using GptCache = std::vector<nn::KeyValueCache>;

class Gpt : public nn::Module {
 public:
  // CHECKs a valid config.
  Gpt(const nn::ModuleContext& context, const GptConfig& config);
  const GptConfig& config() const { return config_; }

  // Logits [B, T, V] of ids int32 [B, T], T <= seq_len. `visible` int32 [B, T], may be empty: 0 for
  // padding. With a cache the ids follow what it holds, and it holds them afterwards.
  Variable Forward(Variable ids, Variable visible = {}, GptCache* cache = nullptr);
  // The same in two: [B, T, C] after the final norm; and its logits.
  Variable Hidden(Variable ids, Variable visible = {}, GptCache* cache = nullptr);
  Variable Logits(Variable hidden);

  // Room for seq_len positions of `batch` sequences, with the context that the model was made with.
  GptCache MakeCache(const nn::ModuleContext& context, int64_t batch) const {
    return layers_.MakeCaches(context, batch, config_.seq_len());
  }

 private:
  GptConfig config_;
  nn::Embedding &token_, &position_;
  nn::TransformerDecoder& layers_;
  nn::LayerNorm& norm_;
  nn::Dropout& dropout_;
};

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_GPT_GPT_H_
