#include "models/mini_bert/mini_bert.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/config_check.h"
#include "ops/add.h"
#include "tensor/check.h"

namespace hairpin {

MiniBertConfig MiniPreset() {
  MiniBertConfig config;
  config.set_layers(3);
  config.set_hidden(192);
  config.set_heads(4);
  config.set_intermediate(768);
  config.set_seq_len(64);
  return config;
}

absl::Status ValidateConfig(const MiniBertConfig& config) {
  absl::Status status = CheckSizes({{"layers", config.layers(), 1, kMostLayers},
                                    {"hidden", config.hidden()},
                                    {"heads", config.heads()},
                                    {"intermediate", config.intermediate()},
                                    {"seq_len", config.seq_len(), 3},
                                    {"vocab_size", config.vocab_size(), 6}});
  if (status.ok()) status = CheckMultiple("hidden", config.hidden(), "heads", config.heads());
  if (status.ok()) status = CheckFraction("dropout", config.dropout());
  return status;
}

int64_t CountParameters(const MiniBertConfig& config) {
  const int64_t C = config.hidden(), F = config.intermediate(), V = config.vocab_size();
  const int64_t layer = 4 * C * C + 2 * C * F + F + C + 4 * C;
  return V * C + config.seq_len() * C + config.layers() * layer + 2 * C + V * C + V;
}

MiniBertEncoder::Embeddings::Embeddings(const nn::ModuleContext& context,
                                        const MiniBertConfig& config)
    : token(Add<nn::Embedding>(context, "token",
                               nn::EmbeddingOptions{config.vocab_size(), config.hidden()})),
      position(Add<nn::Embedding>(context, "position",
                                  nn::EmbeddingOptions{config.seq_len(), config.hidden()})) {}

MiniBertEncoder::Encoder::Encoder(const nn::ModuleContext& context, const MiniBertConfig& config) {
  for (int i = 0; i < config.layers(); ++i) {
    layers.push_back(&Add<nn::TransformerEncoderLayer>(
        context, absl::StrCat(i),
        nn::TransformerEncoderLayerOptions{.channels = config.hidden(),
                                           .heads = config.heads(),
                                           .intermediate = config.intermediate(),
                                           .dropout = config.dropout()}));
  }
}

MiniBertEncoder::MiniBertEncoder(const nn::ModuleContext& context, const MiniBertConfig& config)
    : config_(CheckedConfig("MiniBert", config)),
      embeddings_(Add<Embeddings>(context, "embeddings", config)),
      encoder_(Add<Encoder>(context, "encoder", config)),
      norm_(Add<nn::LayerNorm>(context, "norm", nn::LayerNormOptions{config.hidden()})),
      dropout_(Add<nn::Dropout>(context, "dropout", config.dropout())) {}

Variable MiniBertEncoder::Embed(Variable ids) {
  const Shape shape = ids.shape();
  HAIRPIN_CHECK(shape.rank() == 2 && shape[1] <= config_.seq_len())
      << "MiniBert: ids of shape " << shape << ", expected [B, T] with T at most "
      << config_.seq_len();
  Recording& recording = ids.recording();
  const Scope scope(recording, embeddings_.path());
  Variable x = embeddings_.token.Forward(std::move(ids));
  Variable position = embeddings_.position.FirstRows(recording, shape[1]);
  return dropout_.Forward(hairpin::Add(std::move(x), std::move(position)));
}

Variable MiniBertEncoder::Encode(MiniBertInputs inputs) {
  Variable x = Embed(std::move(inputs.ids));
  for (size_t i = 0; i < encoder_.layers.size(); ++i) {
    const bool last = i + 1 == encoder_.layers.size();
    x = encoder_.layers[i]->Forward(std::move(x), inputs.visible,
                                    last ? std::move(inputs.masked_rows) : Variable());
  }
  return norm_.Forward(std::move(x));
}

std::vector<Variable> MiniBertEncoder::HiddenStates(MiniBertInputs inputs) {
  std::vector<Variable> states = {Embed(std::move(inputs.ids))};
  for (nn::TransformerEncoderLayer* layer : encoder_.layers) {
    states.push_back(layer->Forward(states.back(), inputs.visible));
  }
  states.push_back(norm_.Forward(states.back()));
  return states;
}

MiniBert::MiniBert(const nn::ModuleContext& context, const MiniBertConfig& config)
    : MiniBertEncoder(context, config),
      decoder_(Add<nn::Linear>(context, "decoder",
                               nn::LinearOptions{.in = config.hidden(), .out = config.vocab_size(),
                                                 .initial_deviation = 0.02})) {}

CrossEntropyResult MaskedLanguageModelLoss(Variable logits, Variable labels) {
  const Scope scope(logits.recording(), "loss");
  return CrossEntropy(std::move(logits), std::move(labels), {.reduction = Reduction::kSum});
}

}  // namespace hairpin
