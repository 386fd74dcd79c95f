#include "optim/sgd.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector

// What the header of ops/kernels/sgd.h says, one element after another.
class PlainSgd {
 public:
  PlainSgd(std::vector<double> values, const SgdOptions& options, double decay)
      : values_(std::move(values)), options_(options), decay_(decay), buffer_(values_.size()) {}

  void Step(const std::vector<double>& gradient, double lr, double factor) {
    for (size_t i = 0; i < values_.size(); ++i) {
      double g = factor * gradient[i] + decay_ * values_[i];
      if (options_.momentum != 0) {
        buffer_[i] = first_ ? g : options_.momentum * buffer_[i] + (1 - options_.dampening) * g;
        g = options_.nesterov ? g + options_.momentum * buffer_[i] : buffer_[i];
      }
      values_[i] -= lr * g;
    }
    first_ = false;
  }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
  SgdOptions options_;
  double decay_;
  std::vector<double> buffer_;
  bool first_ = true;
};

void ExpectEqualsPlainSgd(DType dtype, const SgdOptions& options, double decay) {
  SCOPED_TRACE(std::string(Name(dtype)) + " momentum " + std::to_string(options.momentum) +
               " dampening " + std::to_string(options.dampening) +
               (options.nesterov ? " nesterov" : "") + " decay " + std::to_string(decay));
  const double tolerance = dtype == DType::kFloat64 ? 1e-13 : 1e-5;
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  Sgd optimizer({{.parameters = {&weight}, .weight_decay = decay}}, options);
  PlainSgd plain(std::vector<double>(kCount, 0.0), options, decay);
  for (int step = 0; step < 6; ++step) {
    const std::vector<double> gradient = Gradients(kCount, step);
    const double lr = 0.2 / (1 + step), factor = step % 2 == 0 ? 1 : 0.25;
    SetGradient(weight, gradient);
    optimizer.Step(lr, factor);
    plain.Step(gradient, lr, factor);
    const std::vector<double> values = weight.value().ToDoubles();
    for (size_t i = 0; i < kCount; ++i) {
      ASSERT_NEAR(values[i], plain.values()[i], tolerance) << "step " << step << ", element " << i;
    }
  }
}

TEST(SgdTest, EqualsAPlainLoop) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const double decay : {0.0, 0.1}) {
      ExpectEqualsPlainSgd(dtype, {}, decay);
      for (const double dampening : {0.0, 0.3}) {
        for (const bool nesterov : {false, true}) {
          ExpectEqualsPlainSgd(
              dtype, {.momentum = 0.9, .dampening = dampening, .nesterov = nesterov}, decay);
        }
      }
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

}  // namespace
}  // namespace hairpin
