#include "models/linear/linear_model.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "optim/adamw.h"
#include "optim/schedule.h"

namespace hairpin {
namespace {

LinearModelConfig Config(int32_t features, int32_t classes, std::vector<int32_t> hidden = {}) {
  LinearModelConfig config;
  config.set_features(features);
  config.set_classes(classes);
  for (const int32_t channels : hidden) config.add_hidden(channels);
  config.set_target_deviation(1);
  return config;
}

TEST(LinearModel, NamesItsLayersAndCountsThem) {
  LinearModel model({.seed = 1}, Config(3, 4, {5, 6}));
  std::string names;
  model.VisitParameters([&](const nn::ParameterVisit& visit) { names += visit.name() + " "; });
  EXPECT_EQ(names,
            "layers.0.weight layers.0.bias layers.1.weight layers.1.bias layers.2.weight "
            "layers.2.bias ");
  EXPECT_EQ(model.CountParameters(), 3 * 5 + 5 + 5 * 6 + 6 + 6 * 4 + 4);
}

TEST(LinearModel, IsReluOfSumsByHand) {
  LinearModel model({.seed = 1}, Config(1, 0, {2}));
  const std::vector<std::vector<float>> numbers = {{1, -1}, {0, 0.5f}, {2, 3}, {-1}};
  int next = 0;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    float* data = visit.parameter.value().mutable_data<float>();
    for (const float number : numbers[next]) *data++ = number;
    ++next;
  });
  Recording recording;
  // 2 relu(x) + 3 relu(0.5 - x) - 1
  const Variable x = recording.Constant(Tensor::FromValues<float>(Shape({3, 1}), {2, -1, 0.25f}));
  EXPECT_EQ(model.Forward(x).value().ToDoubles(), (std::vector<double>{3, 3.5, 0.25}));
}

TEST(LinearModel, RefusesWhatIsNoModel) {
  EXPECT_EQ(ValidateConfig(Config(0, 2)).message(), "features: found 0, expected 1 to 1048576");
  EXPECT_EQ(ValidateConfig(Config(1, -1)).message(), "classes: found -1, expected 0 to 1048576");
  EXPECT_EQ(ValidateConfig(Config(1, 2, {0})).message(), "hidden: found 0, expected 1 to 1048576");
  LinearModelConfig config = Config(1, 0);
  config.set_target_deviation(0);
  EXPECT_EQ(ValidateConfig(config).message(),
            "target_deviation: found 0, expected a number above 0");
}

// y = 2 a - 3 b + 0.5 + noise; the least squares solve the normal equations.
TEST(LinearModel, RegressionFindsTheClosedForm) {
  constexpr int N = 64;
  std::vector<float> x, y;
  std::array<std::array<double, 4>, 3> m = {};  // [X^T X | X^T y], X = (a, b, 1)
  for (int i = 0; i < N; ++i) {
    const double a = std::sin(i * 1.7), b = std::cos(i * 0.9 + 1), noise = 0.1 * std::sin(i * 5.3);
    x.push_back(static_cast<float>(a));
    x.push_back(static_cast<float>(b));
    y.push_back(static_cast<float>(2 * a - 3 * b + 0.5 + noise));
    const double row[4] = {x[2 * i], x[2 * i + 1], 1, y[i]};
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 4; ++c) m[r][c] += row[r] * row[c];
    }
  }
  for (int p = 0; p < 3; ++p) {  // Gauss and Jordan
    for (int r = 0; r < 3; ++r) {
      const double factor = m[r][p] / m[p][p];
      for (int c = 0; c < 4 && r != p; ++c) m[r][c] -= factor * m[p][c];
    }
  }
  LinearModel model({.seed = 1}, Config(2, 0));
  AdamW optimizer(DecayMatricesOnly(model, 0));
  const Schedule schedule = {.kind = ScheduleKind::kCosine, .total_steps = 1500};
  Recording recording;
  for (int step = 0; step < schedule.total_steps; ++step) {
    recording.Reset({});
    model.ClearGradients();
    const Variable inputs = recording.Constant(Tensor::FromValues<float>(Shape({N, 2}), x));
    const Variable targets = recording.Constant(Tensor::FromValues<float>(Shape({N, 1}), y));
    recording.Backward(LinearModelLoss(model.Forward(inputs), {}, targets).loss);
    optimizer.Step(0.05 * schedule.Factor(step), /*gradient_factor=*/1.0 / N);
  }
  std::vector<double> found;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    for (const double number : visit.parameter.value().ToDoubles()) found.push_back(number);
  });
  ASSERT_EQ(found.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(found[i], m[i][3] / m[i][i], 1e-4) << i;
}

TEST(LinearModelLoss, ClassWeightsAreFactors) {
  Recording recording;
  const Variable y = recording.Constant(Tensor::FromValues<float>({2, 2}, {1, 3, 0, 2}));
  const Variable classes = recording.Constant(Tensor::FromValues<int32_t>({2}, {0, 1}));
  const double wrong = std::log(1 + std::exp(2.0)), right = std::log(1 + std::exp(-2.0));
  EXPECT_NEAR(LinearModelLoss(y, classes, {}).loss.value().item(), wrong + right, 1e-5);
  const CrossEntropyResult weighted =
      LinearModelLoss(y, classes, {}, std::vector<float>{0.25f, 3.0f});
  EXPECT_NEAR(weighted.loss.value().item(), 0.25 * wrong + 3 * right, 1e-5);
  EXPECT_EQ(weighted.correct.value().item(), 1);
}

}  // namespace
}  // namespace hairpin
