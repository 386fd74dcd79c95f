#include "models/lenet/lenet.h"

#include <cmath>
#include <string>
#include <utility>

#include "models/config_check.h"
#include "nn/activation.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/pool2d.h"

namespace hairpin {

LenetConfig LenetPreset() {
  LenetConfig config;
  config.set_channels(1);
  config.set_height(28);
  config.set_width(28);
  config.set_classes(10);
  config.set_filters1(16);
  config.set_filters2(32);
  config.set_hidden(128);
  config.set_dropout(0.25);
  return config;
}

absl::Status ValidateConfig(const LenetConfig& config) {
  const absl::Status sizes = CheckSizes({{"channels", config.channels()},
                                         {"height", config.height(), 4},
                                         {"width", config.width(), 4},
                                         {"classes", config.classes(), 2},
                                         {"filters1", config.filters1()},
                                         {"filters2", config.filters2()},
                                         {"hidden", config.hidden()}});
  return sizes.ok() ? CheckFraction("dropout", config.dropout()) : sizes;
}

Lenet::Lenet(const nn::ModuleContext& context, const LenetConfig& config)
    : config_(CheckedConfig("Lenet", config)),
      layers_(Add<nn::Sequential>(context, "layers")) {
  // A convolution or linear map before a norm needs no bias.
  const auto block = [&](const std::string& number, int64_t in, int64_t out, int64_t kernel) {
    layers_.Append<nn::Conv2d>(
        "conv" + number, nn::Conv2dOptions{.in = in, .out = out, .kernel = kernel,
                                           .padding = kernel / 2, .bias = false});
    layers_.Append<nn::BatchNorm>("norm" + number, nn::BatchNormOptions{.channels = out});
    layers_.Append<nn::Relu>("relu" + number);
    layers_.Append<nn::MaxPool2d>("pool" + number, Pool2dOptions{.kernel = 2});
  };
  block("1", config.channels(), config.filters1(), 5);
  block("2", config.filters1(), config.filters2(), 3);
  const int64_t features =
      int64_t{config.filters2()} * (config.height() / 4) * (config.width() / 4);
  layers_.Append<nn::Flatten>("flatten");
  layers_.Append<nn::Linear>(
      "hidden", nn::LinearOptions{.in = features, .out = config.hidden(), .bias = false,
                                  .initial_deviation = std::sqrt(2.0 / features)});
  layers_.Append<nn::BatchNorm>("norm3", nn::BatchNormOptions{.channels = config.hidden()});
  layers_.Append<nn::Relu>("relu3");
  layers_.Append<nn::Dropout>("dropout", config.dropout());
  layers_.Append<nn::Linear>("classes",
                             nn::LinearOptions{.in = config.hidden(), .out = config.classes(),
                                               .initial_deviation = 0.02});
}

CrossEntropyResult ClassLoss(Variable logits, Variable labels) {
  const Scope scope(logits.recording(), "loss");
  return CrossEntropy(std::move(logits), std::move(labels), {.reduction = Reduction::kSum});
}

}  // namespace hairpin
