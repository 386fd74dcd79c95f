#include "nn/embedding.h"

#include "ops/embedding.h"
#include "ops/slice.h"

namespace hairpin::nn {

Embedding::Embedding(const ModuleContext& context, const EmbeddingOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.rows, options.channels}),
                           NormalInitializer(options.initial_deviation))) {}

Variable Embedding::Forward(Variable ids) {
  Recording& recording = ids.recording();
  const Scope scope = EnterScope(recording);
  return hairpin::Embedding(std::move(ids), recording.Use(weight_));
}

Variable Embedding::Rows(Recording& recording, int64_t first, int64_t n) {
  const Scope scope = EnterScope(recording);
  Variable weight = recording.Use(weight_);
  if (n == weight.shape()[0]) return weight;
  return Slice(std::move(weight), /*axis=*/0, first, first + n);
}

}  // namespace hairpin::nn
