#include "models/vit/vit.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"
#include "ops/cross_entropy.h"

namespace hairpin {
namespace {

VitConfig Tiny() {
  VitConfig config;
  config.set_image_size(4);
  config.set_channels(2);
  config.set_patch_size(2);
  config.set_layers(2);
  config.set_hidden(8);
  config.set_heads(2);
  config.set_intermediate(12);
  config.set_classes(3);
  return config;
}

Tensor Images(DType dtype) {
  Tensor images = Tensor::Empty({dtype, {2, 2, 4, 4}});
  nn::NormalInitializer(1.0)(1, 0, &images);
  return images;
}

TEST(VitTest, PatchesStandInReadingOrder) {
  Vit model({.dtype = DType::kFloat64}, Tiny());
  Tensor image = Tensor::Empty({DType::kFloat64, {1, 2, 4, 4}});
  for (int i = 0; i < 32; ++i) image.raw<double>()[i] = i;  // 16 channel + 4 row + column
  Recording recording({.train = false});
  const Tensor patches = model.Patches(recording.Constant(image)).value();
  EXPECT_EQ(patches.shape(), Shape({1, 4, 8}));
  EXPECT_THAT(patches.ToDoubles(),
              testing::ElementsAre(0, 1, 4, 5, 16, 17, 20, 21,      // above, on the left
                                   2, 3, 6, 7, 18, 19, 22, 23,      // above, on the right
                                   8, 9, 12, 13, 24, 25, 28, 29,    // below, on the left
                                   10, 11, 14, 15, 26, 27, 30, 31));
}

TEST(VitTest, Gradients) {
  VitConfig config = Tiny();
  config.set_dropout(0.2);
  Vit model({.dtype = DType::kFloat64, .seed = 1}, config);
  uint64_t seed = 1;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    nn::NormalInitializer(0.3)(seed++, 0, &visit.parameter.value());
  });
  const GradcheckResult result = nn::GradcheckModule(model, [&](Recording& recording) {
    return CrossEntropy(model.Forward(recording.Constant(Images(DType::kFloat64))),
                        recording.Constant(Tensor::FromValues<int32_t>({2}, {2, 0})))
        .loss;
  });
  EXPECT_TRUE(result.ok) << result.message;
}

TEST(VitTest, InitialLossIsThatOfGuessing) {
  Vit model({.seed = 1}, Tiny());
  Recording recording({.train = false});
  const CrossEntropyResult result =
      CrossEntropy(model.Forward(recording.Constant(Images(DType::kFloat32))),
                   recording.Constant(Tensor::FromValues<int32_t>({2}, {2, 0})),
                   {.reduction = Reduction::kMean});
  EXPECT_NEAR(result.loss.value().item(), std::log(3.0), 0.2);
}

TEST(VitTest, BadConfigsAreNamed) {
  const auto error = [](auto change) {
    VitConfig config = Tiny();
    change(config);
    return ValidateConfig(config).ToString();
  };
  using testing::HasSubstr;
  EXPECT_EQ(error([](VitConfig&) {}), "OK");
  EXPECT_THAT(error([](VitConfig& c) { c.set_patch_size(3); }),
              HasSubstr("image_size: found 4, expected a multiple of patch_size, 3"));
  EXPECT_THAT(error([](VitConfig& c) { c.set_heads(3); }), HasSubstr("hidden: found 8"));
  EXPECT_THAT(error([](VitConfig& c) { c.set_classes(1); }), HasSubstr("classes: found 1"));
  EXPECT_THAT(error([](VitConfig& c) { c.set_dropout(1); }), HasSubstr("dropout: found 1"));
}

}  // namespace
}  // namespace hairpin
