#include "models/lstm_lm/lstm_lm.h"

#include <cmath>

#include "models/config_check.h"

namespace hairpin {
namespace {

nn::RecurrentOptions LayerOptions(const LstmLmConfig& config) {
  return {.cell = config.gru() ? nn::Cell::kGru : nn::Cell::kLstm,
          .in = config.embedding(),
          .hidden = config.hidden(),
          .layers = config.layers(),
          .dropout = config.dropout()};
}

}  // namespace

LstmLmConfig LstmLmPreset() {
  LstmLmConfig config;
  config.set_layers(1);
  config.set_hidden(256);
  config.set_embedding(64);
  return config;
}

absl::Status ValidateConfig(const LstmLmConfig& config) {
  const absl::Status sizes =
      CheckSizes({{"layers", config.layers(), 1, kMostLayers},
                  {"hidden", config.hidden()},
                  {"embedding", config.embedding()}, {"vocab_size", config.vocab_size(), 2}});
  return sizes.ok() ? CheckFraction("dropout", config.dropout()) : sizes;
}

// Initial deviations are PyTorch's: where those of embedding and head are much smaller, hundreds of
// steps go by before the states tell anything of the tokens.
LstmLm::LstmLm(const nn::ModuleContext& context, const LstmLmConfig& config)
    : config_(CheckedConfig("LstmLm", config)),
      token_(Add<nn::Embedding>(context, "token",
                                nn::EmbeddingOptions{config.vocab_size(), config.embedding(),
                                                     /*initial_deviation=*/1})),
      layers_(Add<nn::Recurrent>(context, "layer", LayerOptions(config))),
      head_(Add<nn::Linear>(context, "head",
                            nn::LinearOptions{.in = config.hidden(),
                                              .out = config.vocab_size(),
                                              .initial_deviation =
                                                  1 / std::sqrt(3.0 * config.hidden())})),
      dropout_(Add<nn::Dropout>(context, "dropout", config.dropout())) {}

Variable LstmLm::Forward(Variable ids, std::vector<nn::RecurrentState>* states) {
  Variable x = dropout_.Forward(token_.Forward(std::move(ids)));
  return head_.Forward(dropout_.Forward(layers_.Forward(std::move(x), states)));
}

}  // namespace hairpin
