// Vision transformer: an image as a sequence of patches, and one class for all of it.
//
//   VitConfig config = VitPreset();                      // digits of 28 x 28, 49 patches
//   Vit model({.seed = 1}, config);
//   Variable logits = model.Forward(recording.Constant(images));          // [B, classes]
//   CrossEntropyResult result = CrossEntropy(std::move(logits), recording.Constant(labels));
//
//   x = dropout(W patch + b + position), N patches in reading order
//   L times: a TransformerEncoderLayer
//   logits = Wh mean over patches of norm(x) + bh
//
// Source: Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021; the mean instead of a
// class token: Beyer, Zhai and Kolesnikov, "Better plain ViT baselines for ImageNet-1k", 2022.
#ifndef HAIRPIN_MODELS_VIT_VIT_H_
#define HAIRPIN_MODELS_VIT_VIT_H_

#include "absl/status/status.h"
#include "models/vit/vit.pb.h"
#include "nn/embedding.h"
#include "nn/transformer_encoder_layer.h"

namespace hairpin {

// 4 layers, hidden 64, 4 heads, patches of 4 x 4, for digits.
VitConfig VitPreset();

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const VitConfig& config);

class Vit : public nn::Layer {
 public:
  // CHECKs a valid config.
  Vit(const nn::ModuleContext& context, const VitConfig& config);
  const VitConfig& config() const { return config_; }

  // images [B, channels, image_size, image_size] -> logits [B, classes].
  Variable Forward(Variable images) override;

  // [B, N, channels P P]: patches in reading order, each as [channel, row, column].
  Variable Patches(Variable images) const;

 private:
  VitConfig config_;
  nn::Linear& patch_;
  nn::Embedding& position_;
  nn::Dropout& dropout_;
  nn::TransformerEncoder& layers_;
  nn::LayerNorm& norm_;
  nn::Linear& head_;
};

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_VIT_VIT_H_
