// Sentence embedding: a vector of length 1 for a text; texts that belong together lie close.
//
//   SentenceEmbeddingConfig config;
//   *config.mutable_encoder() = MiniPreset();                  // and its vocab_size
//   config.set_temperature(0.05);
//   SentenceEmbedding model({.seed = 1}, config);
//   Variable vectors = model.Forward(recording.Constant(ids), recording.Constant(visible));
//   recording.Backward(ContrastiveLoss(std::move(vectors), 0.05).loss);    // rows b, B + b: a pair
//
//   z = u / |u|,  u = mean over the visible t of encoder(ids)_t
//   S_ij = z_i . z_{B+j} / temperature
//   loss = 1/2 sum_i (logsumexp_j S_ij - S_ii + logsumexp_j S_ji - S_ii)
//
// So the other pairs of the batch are what a pair is to be told from (InfoNCE).
// Source: Reimers and Gurevych, "Sentence-BERT", EMNLP 2019; Gao, Yao, Chen, "SimCSE", EMNLP 2021;
// van den Oord, Li, Vinyals, "Representation learning with contrastive predictive coding", 2018.
#ifndef HAIRPIN_MODELS_SENTENCE_EMBEDDING_SENTENCE_EMBEDDING_H_
#define HAIRPIN_MODELS_SENTENCE_EMBEDDING_SENTENCE_EMBEDDING_H_

#include "absl/status/status.h"
#include "models/mini_bert/mini_bert.h"
#include "models/sentence_embedding/sentence_embedding.pb.h"
#include "ops/cross_entropy.h"

namespace hairpin {

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const SentenceEmbeddingConfig& config);

class SentenceEmbedding : public nn::Module {
 public:
  // CHECKs a valid config.
  SentenceEmbedding(const nn::ModuleContext& context, const SentenceEmbeddingConfig& config);
  const SentenceEmbeddingConfig& config() const { return config_; }
  MiniBertEncoder& encoder() { return encoder_; }

  // [N, C] of ids int32 [N, T], T <= seq_len; visible int32 [N, T], 0 for padding.
  Variable Forward(Variable ids, Variable visible);

 private:
  SentenceEmbeddingConfig config_;
  MiniBertEncoder& encoder_;
};

// Of vectors [2 B, C] whose rows b and B + b are a pair. Summed over the pairs; `correct`: how many
// first ones have their own second as the closest.
CrossEntropyResult ContrastiveLoss(Variable vectors, double temperature);

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_SENTENCE_EMBEDDING_SENTENCE_EMBEDDING_H_
