#include "models/sentence_embedding/sentence_embedding.h"

#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/config_check.h"
#include "nn/pooling.h"
#include "ops/add.h"
#include "ops/matmul.h"
#include "ops/scale.h"
#include "ops/slice.h"
#include "tensor/check.h"

namespace hairpin {

absl::Status ValidateConfig(const SentenceEmbeddingConfig& config) {
  const absl::Status encoder = ValidateConfig(config.encoder());
  if (!encoder.ok() || (config.temperature() >= 1e-3 && config.temperature() <= 1e3)) {
    return encoder;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("temperature: found ", config.temperature(), ", expected 0.001 to 1000"));
}

SentenceEmbedding::SentenceEmbedding(const nn::ModuleContext& context,
                                     const SentenceEmbeddingConfig& config)
    : config_(CheckedConfig("SentenceEmbedding", config)),
      encoder_(Add<MiniBertEncoder>(context, "encoder", config.encoder())) {}

Variable SentenceEmbedding::Forward(Variable ids, Variable visible) {
  Variable hidden = encoder_.Encode({.ids = std::move(ids), .visible = visible});
  const Scope scope(hidden.recording(), "pooled");
  return nn::UnitLength(nn::MeanPooling(std::move(hidden), std::move(visible)));
}

CrossEntropyResult ContrastiveLoss(Variable vectors, double temperature) {
  const int64_t B = vectors.shape()[0] / 2;
  HAIRPIN_CHECK(vectors.shape().rank() == 2 && B >= 1 && vectors.shape()[0] == 2 * B)
      << "ContrastiveLoss: vectors " << vectors.shape() << ", expected [2 B, C]";
  Recording& recording = vectors.recording();
  const Scope scope(recording, "loss");
  Tensor own =
      Tensor::Empty({DType::kInt32, Shape({B})}, Purpose::kActivation, recording.allocator());
  if (!recording.dry()) std::iota(own.raw<int32_t>(), own.raw<int32_t>() + B, 0);
  const Variable pairs = recording.Constant(std::move(own));
  const Variable first = Slice(vectors, 0, 0, B);
  const Variable second = Slice(std::move(vectors), 0, B, 2 * B);
  const auto loss = [&](const Variable& a, const Variable& b) {
    Variable cosines = MatMul(a, b, {.transpose_b = true});
    return CrossEntropy(Scale(std::move(cosines), 1 / temperature), pairs);
  };
  CrossEntropyResult there = loss(first, second);
  CrossEntropyResult back = loss(second, first);
  return {Scale(Add(std::move(there.loss), std::move(back.loss)), 0.5), std::move(there.correct)};
}

}  // namespace hairpin
