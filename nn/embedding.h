// Embedding: rows of a table by their numbers. Parameter weight [rows, channels].
//
//   nn::Embedding token(context, {.rows = V, .channels = C});
//   Variable x = token.Forward(recording.Constant(ids));          // int32 [B, T] -> [B, T, C]
#ifndef HAIRPIN_NN_EMBEDDING_H_
#define HAIRPIN_NN_EMBEDDING_H_

#include "nn/module.h"

namespace hairpin::nn {

struct EmbeddingOptions {
  int64_t rows = 0;
  int64_t channels = 0;
  double initial_deviation = 0.02;
};

class Embedding : public Layer {
 public:
  Embedding(const ModuleContext& context, const EmbeddingOptions& options);
  // ids int32, any shape -> ids.shape + [channels].
  Variable Forward(Variable ids) override;
  // The first n rows, [n, channels]: positions 0..n-1. n <= rows.
  Variable FirstRows(Recording& recording, int64_t n) { return Rows(recording, 0, n); }
  // n rows from `first` on, [n, channels]. first + n <= rows.
  Variable Rows(Recording& recording, int64_t first, int64_t n);
  // [rows, channels], for who ties it to a decoder: y = x weight^T.
  Parameter& weight() { return weight_; }

 private:
  Parameter& weight_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_EMBEDDING_H_
