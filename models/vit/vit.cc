#include "models/vit/vit.h"

#include <cmath>
#include <utility>

#include "models/config_check.h"
#include "ops/add.h"
#include "ops/mean.h"
#include "ops/permute.h"
#include "ops/reshape.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

int64_t PatchesOfSide(const VitConfig& config) { return config.image_size() / config.patch_size(); }

int64_t PatchValues(const VitConfig& config) {
  return int64_t{config.channels()} * config.patch_size() * config.patch_size();
}

// 1 / sqrt(3 in), PyTorch's own of linear maps, and less where a stack of layers adds to one
// stream.
nn::TransformerEncoderLayerOptions LayerOptions(const VitConfig& config) {
  const double deviation = 1 / std::sqrt(3.0 * config.hidden());
  return {.channels = config.hidden(), .heads = config.heads(),
          .intermediate = config.intermediate(), .dropout = config.dropout(),
          .initial_deviation = deviation,
          .residual_deviation = deviation / std::sqrt(2.0 * config.layers())};
}

}  // namespace

VitConfig VitPreset() {
  VitConfig config;
  config.set_image_size(28);
  config.set_channels(1);
  config.set_patch_size(4);
  config.set_layers(4);
  config.set_hidden(64);
  config.set_heads(4);
  config.set_intermediate(128);
  config.set_classes(10);
  return config;
}

absl::Status ValidateConfig(const VitConfig& config) {
  absl::Status status =
      CheckSizes({{"image_size", config.image_size()}, {"channels", config.channels()},
                  {"patch_size", config.patch_size()}, {"layers", config.layers(), 1, kMostLayers},
                  {"hidden", config.hidden()}, {"heads", config.heads()},
                  {"intermediate", config.intermediate()}, {"classes", config.classes(), 2}});
  if (status.ok()) {
    status = CheckMultiple("image_size", config.image_size(), "patch_size", config.patch_size());
  }
  if (status.ok()) status = CheckMultiple("hidden", config.hidden(), "heads", config.heads());
  if (status.ok()) status = CheckFraction("dropout", config.dropout());
  return status;
}

Vit::Vit(const nn::ModuleContext& context, const VitConfig& config)
    : config_(CheckedConfig("Vit", config)),
      patch_(Add<nn::Linear>(
          context, "patch",
          nn::LinearOptions{.in = PatchValues(config), .out = config.hidden(),
                            .initial_deviation = 1 / std::sqrt(PatchValues(config))})),
      position_(Add<nn::Embedding>(
          context, "position",
          nn::EmbeddingOptions{PatchesOfSide(config) * PatchesOfSide(config), config.hidden()})),
      dropout_(Add<nn::Dropout>(context, "dropout", config.dropout())),
      layers_(Add<nn::TransformerEncoder>(context, "layer", config.layers(),
                                          LayerOptions(config))),
      norm_(Add<nn::LayerNorm>(context, "norm", nn::LayerNormOptions{config.hidden()})),
      head_(Add<nn::Linear>(context, "head",
                            nn::LinearOptions{.in = config.hidden(), .out = config.classes(),
                                              .initial_deviation = 0.02})) {}

Variable Vit::Patches(Variable images) const {
  const int64_t B = images.shape()[0], N = PatchesOfSide(config_), P = config_.patch_size();
  const int64_t channels = config_.channels(), size = config_.image_size();
  const Shape expected({B, channels, size, size});
  HAIRPIN_CHECK(images.shape() == expected)
      << "Vit: images of shape " << images.shape() << ", expected " << expected;
  Variable cut = Reshape(std::move(images), {-1, channels, N, P, N, P});
  return Reshape(Permute(std::move(cut), {0, 2, 4, 1, 3, 5}), {-1, N * N, channels * P * P});
}

Variable Vit::Forward(Variable images) {
  Recording& recording = images.recording();
  Variable x = patch_.Forward(Patches(std::move(images)));
  const int64_t patches = x.shape()[1];
  x = dropout_.Forward(hairpin::Add(std::move(x), position_.Rows(recording, 0, patches)));
  return head_.Forward(Mean(norm_.Forward(layers_.Forward(std::move(x))), {1}));
}

}  // namespace hairpin
