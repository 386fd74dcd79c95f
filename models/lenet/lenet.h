// LeNet: two convolutions and two linear maps, with batch norm and dropout.
//
//   LenetConfig config = LenetPreset();                        // MNIST's digits
//   Lenet model({.seed = 1}, config);
//   Variable logits = model.Forward(recording.Constant(images));            // [B, classes]
//   recording.Backward(ClassLoss(std::move(logits), recording.Constant(labels)).loss);
//
//   x = maxpool(relu(norm(conv 5x5 (x))));  x = maxpool(relu(norm(conv 3x3 (x))))
//   logits = linear(dropout(relu(norm(linear(x)))))
//
// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
// recognition", 1998; maxima, ReLU, batch norm and dropout came later.
#ifndef HAIRPIN_MODELS_LENET_LENET_H_
#define HAIRPIN_MODELS_LENET_LENET_H_

#include "absl/status/status.h"
#include "models/lenet/lenet.pb.h"
#include "nn/sequential.h"
#include "ops/cross_entropy.h"

namespace hairpin {

// Images [1, 28, 28] of 10 classes, 16 and 32 filters, 128 hidden, dropout 0.25.
LenetConfig LenetPreset();

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const LenetConfig& config);

class Lenet : public nn::Layer {
 public:
  // CHECKs a valid config.
  Lenet(const nn::ModuleContext& context, const LenetConfig& config);
  const LenetConfig& config() const { return config_; }

  // Logits [B, classes] of images [B, channels, height, width]. A recording that trains normalises
  // by its batch, so there B is at least 2.
  Variable Forward(Variable images) override { return layers_.Forward(std::move(images)); }

 private:
  LenetConfig config_;
  nn::Sequential& layers_;
};

// Summed over logits [B, classes] and their labels, int32 [B].
CrossEntropyResult ClassLoss(Variable logits, Variable labels);

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_LENET_LENET_H_
