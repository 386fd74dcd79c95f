// Mini-BERT: a masked language model, pre-norm, with the head computed for
// masked positions only.
//
//   MiniBertConfig config = MiniPreset();
//   config.set_vocab_size(8192);
//   MiniBert model({.seed = 1}, config);                  // 4,498,880 parameters
//   Recording recording({.seed = 1, .step = 0, .train = true});
//   Variable logits = model.Forward({.ids = ids, .masked_rows = rows});   // [M, V]
//   CrossEntropyResult result = MaskedLanguageModelLoss(logits, labels);
//   recording.Backward(Scale(result.loss, 1.0 / M));                      // of the mean
//
//   x = dropout(token[ids] + position)
//   L times: a TransformerEncoderLayer
//   logits = norm(x[rows]) Wd^T + bd
//
// The last layer is computed for the masked rows alone (keys and values still
// from all): nothing else of it is read.
//
// Source: Devlin et al., "BERT", NAACL 2019; here pre-norm, without biases in
// the attention's projections, and with an untied decoder.
#ifndef HAIRPIN_MODELS_MINI_BERT_MINI_BERT_H_
#define HAIRPIN_MODELS_MINI_BERT_MINI_BERT_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "models/mini_bert/mini_bert.pb.h"
#include "nn/embedding.h"
#include "nn/module.h"
#include "nn/transformer_encoder_layer.h"
#include "ops/cross_entropy.h"

namespace hairpin {

// 3 layers, hidden 192, 4 heads, intermediate 768, sequence 64; the vocabulary's
// size is left to be set.
MiniBertConfig MiniPreset();

// InvalidArgument, naming the field, found and expected: a size that is not
// positive or above 2^20, hidden that heads don't divide, a vocabulary below 6,
// dropout outside of [0, 1).
absl::Status ValidateConfig(const MiniBertConfig& config);

// The same number as MiniBert::CountParameters, without making one. Of a valid
// config; never overflows.
int64_t CountParameters(const MiniBertConfig& config);

struct MiniBertInputs {
  Variable ids = {};          // int32 [B, T], T <= seq_len, in [0, V)
  Variable visible = {};      // int32 [B, T], 0 for padding; may be empty: nothing padded
  Variable masked_rows = {};  // int32 [M], b T + t ascending; may be empty: all
};

// All of it but the decoder, under the same names: what other models begin with.
class MiniBertEncoder : public nn::Module {
 public:
  // CHECKs a valid config.
  MiniBertEncoder(const nn::ModuleContext& context, const MiniBertConfig& config);

  const MiniBertConfig& config() const { return config_; }

  // What the final norm makes of the masked rows, [M, C], or of all, [B, T, C]. Moves the Variables
  // on.
  Variable Encode(MiniBertInputs inputs);

  // For looking inside: [B, T, C] after the embeddings, after each layer and
  // after the final norm, L + 2 in all. `masked_rows` is not read.
  std::vector<Variable> HiddenStates(MiniBertInputs inputs);

  // [V, C]: the vectors of the vocabulary's tokens.
  Parameter& word_vectors() { return embeddings_.token.weight(); }

 private:
  // dropout(token[ids] + position), [B, T, C].
  Variable Embed(Variable ids);

  // Groups the two tables under "embeddings".
  struct Embeddings : public nn::Module {
    Embeddings(const nn::ModuleContext& context, const MiniBertConfig& config);
    nn::Embedding &token, &position;
  };
  // Groups the layers under "encoder", named by their number.
  struct Encoder : public nn::Module {
    Encoder(const nn::ModuleContext& context, const MiniBertConfig& config);
    std::vector<nn::TransformerEncoderLayer*> layers;
  };

  MiniBertConfig config_;
  Embeddings& embeddings_;
  Encoder& encoder_;
  nn::LayerNorm& norm_;
  nn::Dropout& dropout_;
};

class MiniBert : public MiniBertEncoder {
 public:
  // CHECKs a valid config.
  MiniBert(const nn::ModuleContext& context, const MiniBertConfig& config);

  // Logits [M, V] of the masked rows, [B, T, V] where all are asked for. Moves the Variables on.
  Variable Forward(MiniBertInputs inputs) { return decoder_.Forward(Encode(std::move(inputs))); }

 private:
  nn::Linear& decoder_;
};

// Sum of the cross-entropies of all rows and how many labels were the best
// guess. labels int32 [M]. To get the mean over a logical batch of several
// micro-batches, differentiate each sum with the seed 1 / N, N their rows together.
CrossEntropyResult MaskedLanguageModelLoss(Variable logits, Variable labels);

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_MINI_BERT_MINI_BERT_H_
