#include "models/lenet/lenet.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"
#include "nn/state_dict.h"

namespace hairpin {
namespace {

LenetConfig Tiny() {
  LenetConfig config = LenetPreset();
  config.set_channels(2);
  config.set_height(8);
  config.set_width(9);
  config.set_classes(3);
  config.set_filters1(3);
  config.set_filters2(4);
  config.set_hidden(5);
  return config;
}

Tensor Images(const LenetConfig& config, int64_t batch, DType dtype) {
  Tensor images = Tensor::Empty(
      {dtype, Shape({batch, config.channels(), config.height(), config.width()})});
  nn::NormalInitializer(1)(5, 0, &images);
  return images;
}

Tensor Labels(const LenetConfig& config, int64_t batch) {
  Tensor labels = Tensor::Empty({DType::kInt32, Shape({batch})});
  for (int64_t i = 0; i < batch; ++i) {
    labels.raw<int32_t>()[i] = static_cast<int32_t>(i * i % config.classes());
  }
  return labels;
}

TEST(LenetTest, PresetHasItsParameters) {
  Allocator dry(Allocator::Kind::kDry);
  Lenet model({.allocator = &dry}, LenetPreset());
  EXPECT_EQ(model.CountParameters(), 16 * 25 + 2 * 16 + 32 * 16 * 9 + 2 * 32 +
                                         32 * 49 * 128 + 2 * 128 + 128 * 10 + 10);
  EXPECT_EQ(nn::ParameterState(model).back().name, "layers.norm3.running_var");
}

TEST(LenetTest, InitialLossIsThatOfGuessing) {
  const LenetConfig config = LenetPreset();
  Lenet model({.seed = 1}, config);
  Recording recording;
  const CrossEntropyResult result =
      ClassLoss(model.Forward(recording.Constant(Images(config, 32, DType::kFloat32))),
                recording.Constant(Labels(config, 32)));
  EXPECT_NEAR(result.loss.value().item() / 32, std::log(10.0), 0.1);
}

TEST(LenetTest, Gradients) {
  LenetConfig config = Tiny();
  Lenet model({.dtype = DType::kFloat64, .seed = 3}, config);
  const Tensor images = Images(config, 6, DType::kFloat64), labels = Labels(config, 6);
  for (const bool train : {true, false}) {
    const GradcheckResult result = nn::GradcheckModule(
        model,
        [&](Recording& recording) {
          return ClassLoss(model.Forward(recording.Constant(images)), recording.Constant(labels))
              .loss;
        },
        // Small steps: no maximum changes hands within them.
        {.tolerance = 1e-6, .step = 1e-5, .recording = {.seed = 1, .train = train}});
    EXPECT_TRUE(result.ok) << result.message;
  }
}

TEST(LenetTest, BadConfigsAreMessages) {
  LenetConfig config = LenetPreset();
  EXPECT_TRUE(ValidateConfig(config).ok());
  config.set_height(3);
  EXPECT_THAT(ValidateConfig(config).message(), testing::HasSubstr("height"));
  config = LenetPreset();
  config.set_dropout(1);
  EXPECT_THAT(ValidateConfig(config).message(), testing::HasSubstr("dropout"));
  config = LenetPreset();
  config.set_classes(1);
  EXPECT_THAT(ValidateConfig(config).message(), testing::HasSubstr("classes"));
}

}  // namespace
}  // namespace hairpin
