#include "models/vae/vae.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

VaeConfig Tiny() {
  VaeConfig config;
  config.set_features(6);
  config.set_hidden(5);
  config.set_latent(2);
  return config;
}

Tensor Normal(const Shape& shape, uint64_t seed) {
  Tensor tensor = Tensor::Empty({DType::kFloat64, shape});
  nn::NormalInitializer(1.0)(seed, 0, &tensor);
  return tensor;
}

Tensor Pixels() {
  return Tensor::FromValues<double>({2, 6}, {0, 1, 0.5, 0.25, 1, 0, 0.1, 0.9, 1, 1, 0, 0.3});
}

TEST(VaeTest, PresetHasItsParameters) {
  Allocator dry(Allocator::Kind::kDry);
  Vae model({.allocator = &dry}, VaePreset());
  // 784 x 400 + 400, twice 400 x 20 + 20, 20 x 400 + 400, 400 x 784 + 784.
  EXPECT_EQ(model.CountParameters(), 652824);
}

TEST(VaeTest, Gradients) {
  Vae model({.dtype = DType::kFloat64}, Tiny());
  uint64_t seed = 1;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {  // away from the kinks of relu
    visit.parameter.value().CopyFrom(Normal(visit.parameter.value().shape(), seed++));
  });
  const Tensor noise = Normal({2, 2}, 1);
  const GradcheckResult result = nn::GradcheckModule(model, [&](Recording& recording) {
    Variable x = recording.Constant(Pixels());
    return NegativeElbo(model.Forward(x, recording.Constant(noise)), x).total;
  });
  EXPECT_TRUE(result.ok) << result.message;
}

// Both parts by their formulas, from what the model gave.
TEST(VaeTest, LossIsReconstructionAndDivergence) {
  Vae model({.dtype = DType::kFloat64, .seed = 3}, Tiny());
  Recording recording({.train = false});
  Variable x = recording.Constant(Pixels());
  const VaeOutput output = model.Forward(x, recording.Constant(Normal({2, 2}, 1)));
  const VaeLoss loss = NegativeElbo(output, x);
  double kl = 0, reconstruction = 0;
  const std::vector<double> mean = output.code.mean.value().ToDoubles();
  const std::vector<double> log_variance = output.code.log_variance.value().ToDoubles();
  for (size_t i = 0; i < mean.size(); ++i) {
    kl += 0.5 * (std::exp(log_variance[i]) + mean[i] * mean[i] - 1 - log_variance[i]);
  }
  const std::vector<double> logits = output.logits.value().ToDoubles();
  const std::vector<double> pixels = Pixels().ToDoubles();
  for (size_t i = 0; i < logits.size(); ++i) {
    const double p = 1 / (1 + std::exp(-logits[i]));
    reconstruction -= pixels[i] * std::log(p) + (1 - pixels[i]) * std::log(1 - p);
  }
  EXPECT_GT(kl, 0);
  EXPECT_NEAR(loss.kl.value().item(), kl, 1e-12);
  EXPECT_NEAR(loss.reconstruction.value().item(), reconstruction, 1e-12);
  EXPECT_NEAR(loss.total.value().item(), kl + reconstruction, 1e-12);
}

// Without noise the code is the mean.
TEST(VaeTest, NoNoiseDecodesTheMean) {
  Vae model({.dtype = DType::kFloat64, .seed = 3}, Tiny());
  Recording recording({.train = false});
  Variable x = recording.Constant(Pixels());
  const VaeOutput output =
      model.Forward(x, recording.Constant(Tensor::Zeros({DType::kFloat64, {2, 2}})));
  EXPECT_THAT(output.logits.value().ToDoubles(),
              testing::ElementsAreArray(
                  model.Decode(recording.Constant(output.code.mean.value())).value().ToDoubles()));
}

TEST(VaeTest, BadConfigsAreNamed) {
  VaeConfig config = Tiny();
  EXPECT_EQ(ValidateConfig(config), absl::OkStatus());
  config.set_latent(0);
  EXPECT_THAT(ValidateConfig(config).ToString(), testing::HasSubstr("latent: found 0"));
}

}  // namespace
}  // namespace hairpin
