#include "optim/sgd.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector

// What the header of ops/kernels/sgd.h says, one element after another.
void ExpectEqualsPlainSgd(DType dtype, const SgdOptions& options, double decay) {
  SCOPED_TRACE(std::string(Name(dtype)) + " momentum " + std::to_string(options.momentum) +
               " dampening " + std::to_string(options.dampening) +
               (options.nesterov ? " nesterov" : "") + " decay " + std::to_string(decay));
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  Sgd optimizer({{.parameters = {&weight}, .weight_decay = decay}}, options);
  std::vector<double> buffer(kCount);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int t, double value) {
    g += decay * value;
    if (options.momentum != 0) {
      buffer[i] = t == 1 ? g : options.momentum * buffer[i] + (1 - options.dampening) * g;
      g = options.nesterov ? g + options.momentum * buffer[i] : buffer[i];
    }
    return value - lr * g;
  });
}

TEST(SgdTest, EqualsAPlainLoop) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const double decay : {0.0, 0.1}) {
      ExpectEqualsPlainSgd(dtype, {}, decay);
      ExpectEqualsPlainSgd(dtype, {.momentum = 0.9}, decay);
      ExpectEqualsPlainSgd(dtype, {.momentum = 0.9, .dampening = 0.3}, decay);
      ExpectEqualsPlainSgd(dtype, {.momentum = 0.9, .nesterov = true}, decay);
    }
  }
}

TEST(SgdTest, MomentumIsFilledThenAddedTo) {
  Parameter weight("w", Tensor::FromValues<double>({1}, {0}));
  Sgd optimizer({{.parameters = {&weight}}}, {.momentum = 0.5, .dampening = 0.5});
  SetGradient(weight, {1});
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -1);  // buffer 1
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -2);  // buffer 0.5 * 1 + 0.5 * 1
  weight.ClearGradient();
  optimizer.Step(1);
  EXPECT_DOUBLE_EQ(weight.value().item(), -2);
}

TEST(SgdTest, HasStateWithMomentumOnly) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  Parameter b("b", Tensor::Zeros({DType::kFloat64, {3}}));
  Sgd plain({{.parameters = {&a, &b}}});
  EXPECT_TRUE(StateNames(plain).empty());
  Sgd heavy({{.parameters = {&a, &b}}}, {.momentum = 0.9});
  EXPECT_EQ(StateNames(heavy), (std::vector<std::string>{"a.momentum", "b.momentum"}));
  std::vector<TensorSpec> specs;
  heavy.VisitState([&](const std::string&, Tensor& state) { specs.push_back(state.spec()); });
  EXPECT_EQ(specs, (std::vector<TensorSpec>{a.spec(), b.spec()}));
}

TEST(SgdDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(Sgd({}, {.momentum = -0.1}), "Sgd: found momentum -0.1, expected at least 0");
  EXPECT_DEATH(Sgd({}, {.nesterov = true}), "found nesterov with momentum 0 and dampening 0");
  EXPECT_DEATH(Sgd({}, {.momentum = 0.9, .dampening = 0.5, .nesterov = true}),
               "found nesterov with momentum 0.9 and dampening 0.5");
}

}  // namespace
}  // namespace hairpin
