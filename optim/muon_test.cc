#include "optim/muon.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/adamw.h"
#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr double kDecay = 0.1;

// Without steps of Newton-Schulz the direction is u / |u|: the rest by the header's formula. (The
// steps: ops/kernels/newton_schulz_test.cc, and PyTorch's values in tests/golden.)
void ExpectEqualsPlainMuon(DType dtype, int64_t rows, int64_t columns, MuonOptions options) {
  SCOPED_TRACE(std::string(Name(dtype)) + " rows " + std::to_string(rows));
  options.newton_schulz_steps = 0;
  Parameter weight("w", Tensor::Zeros({dtype, {rows, columns}}));
  Muon optimizer({{{&weight}, kDecay}}, options);
  const size_t count = static_cast<size_t>(rows * columns);
  std::vector<double> b(count), u(count);
  const double ratio = static_cast<double>(rows) / static_cast<double>(columns);
  const double scale = options.match_adamw
                           ? 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns)))
                           : std::sqrt(std::max(1.0, ratio));
  ExpectFollows(optimizer, weight, [&](size_t i, double, double lr, int t, double value) {
    // The direction of a step needs all of its gradient: made at the first element.
    if (i == 0) {
      const double factor = t % 2 == 1 ? 1 : 0.25, mu = options.momentum;
      double squares = 0;
      for (size_t k = 0; k < count; ++k) {
        const double g = factor * Gradients(count, t)[k];
        b[k] = mu * b[k] + (1 - mu) * g;
        u[k] = options.nesterov ? mu * b[k] + (1 - mu) * g : b[k];
        squares += u[k] * u[k];
      }
      for (double& value_of_u : u) value_of_u /= std::sqrt(squares);
    }
    return value * (1 - lr * kDecay) - lr * scale * u[i];
  });
}

TEST(MuonTest, EqualsTheFormula) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const bool nesterov : {true, false}) {
      ExpectEqualsPlainMuon(dtype, 7, 5, {.nesterov = nesterov});
      ExpectEqualsPlainMuon(dtype, 5, 7, {.momentum = 0.5, .nesterov = nesterov});
      ExpectEqualsPlainMuon(dtype, 3, 11, {.nesterov = nesterov, .match_adamw = true});
    }
  }
}

TEST(MuonTest, EverythingElseGoesAsUnderAdamW) {
  const std::vector<double> values = {0.5, -1, 2, 0.25, 3, -0.125};
  const auto tensor = [&](const Shape& shape) { return Tensor::FromValues<double>(shape, values); };
  Parameter vector("v", tensor({6})), embedding("e", tensor({2, 3}));
  Parameter vector_alone("v", tensor({6})), embedding_alone("e", tensor({2, 3}));
  const AdamOptions adamw = {.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3};
  Muon muon({{.parameters = {&vector}},
             {.parameters = {&embedding}, .weight_decay = kDecay, .elementwise = true}},
            {.adamw = adamw, .adamw_rate_factor = 0.5});
  AdamW alone({{{&vector_alone}}, {{&embedding_alone}, kDecay}}, adamw);
  for (int t = 1; t <= 3; ++t) {
    for (Parameter* parameter : {&vector, &embedding, &vector_alone, &embedding_alone}) {
      SetGradient(*parameter, Gradients(6, t));
    }
    muon.Step(0.25, 0.5);
    alone.Step(0.125, 0.5);
    EXPECT_EQ(vector.value().ToDoubles(), vector_alone.value().ToDoubles());
    EXPECT_EQ(embedding.value().ToDoubles(), embedding_alone.value().ToDoubles());
  }
  EXPECT_EQ(StateNames(muon), (std::vector<std::string>{"v.m", "v.v", "e.m", "e.v"}));
}

// A kernel [out, in, h, w] is the matrix [out, in h w].
TEST(MuonTest, MoreAxesAreOneMatrix) {
  Parameter kernel("k", Tensor::Zeros({DType::kFloat32, {4, 2, 3, 1}}));
  Parameter matrix("m", Tensor::Zeros({DType::kFloat32, {4, 6}}));
  Muon optimizer({{{&kernel, &matrix}, kDecay}});
  EXPECT_EQ(StateNames(optimizer), (std::vector<std::string>{"k.momentum", "m.momentum"}));
  for (int t = 1; t <= 3; ++t) {
    SetGradient(kernel, Gradients(24, t));
    SetGradient(matrix, Gradients(24, t));
    optimizer.Step(0.1);
    EXPECT_EQ(kernel.value().ToDoubles(), matrix.value().ToDoubles());
  }
}

// Dry and real steps take the same scratch, for the largest matrix, and give it back.
TEST(MuonTest, ScratchIsTakenForTheStepOnly) {
  for (const auto kind : {Allocator::Kind::kDry, Allocator::Kind::kCaching}) {
    Allocator allocator(kind);
    const auto zeros = [&](const Shape& shape) {
      return Tensor::Zeros({DType::kFloat32, shape}, Purpose::kParameter, allocator);
    };
    Parameter small("s", zeros({2, 3})), large("l", zeros({64, 32})), vector("v", zeros({9000}));
    Muon optimizer({{{&small, &large, &vector}}});
    for (Parameter* parameter : {&small, &large, &vector}) {
      parameter->GradientMemory().SetZero();
      parameter->MarkGradient();
    }
    optimizer.Step(0.1);
    const Account& account = allocator.account();
    EXPECT_EQ(account.live(Purpose::kWorkspace), 0);
    // The update and what Newton-Schulz has beside the products: X, A and B.
    EXPECT_GE(account.peak(Purpose::kWorkspace), (2 * 64 * 32 + 2 * 32 * 32) * 4);
    EXPECT_EQ(account.live(Purpose::kOptimizer), 64 + 64 * 32 * 4 + 2 * 36032);
  }
}

TEST(MuonDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(Muon({}, {.momentum = 1}), "Muon: found momentum 1, expected one in \\[0, 1\\)");
  EXPECT_DEATH(Muon({}, {.newton_schulz_steps = -1}), "found -1 steps, expected at least 0");
  EXPECT_DEATH(Muon({}, {.adamw = {.beta1 = 1}}), "found beta1 1");
}

}  // namespace
}  // namespace hairpin
