#include "optim/rmsprop.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector
constexpr double kDecay = 0.1;

// What the header of ops/kernels/rmsprop.h says, one element after another.
void ExpectEqualsPlainRmsProp(DType dtype, const RmsPropOptions& options) {
  SCOPED_TRACE(std::string(Name(dtype)) + " momentum " + std::to_string(options.momentum) +
               (options.centered ? " centered" : ""));
  Parameter weight("w", Tensor::Zeros({dtype, {kCount}}));
  RmsProp optimizer({{{&weight}, kDecay}}, options);
  std::vector<double> square(kCount), mean(kCount), buffer(kCount);
  ExpectFollows(optimizer, weight, [&](size_t i, double g, double lr, int, double value) {
    g += kDecay * value;
    square[i] = options.alpha * square[i] + (1 - options.alpha) * g * g;
    mean[i] = options.alpha * mean[i] + (1 - options.alpha) * g;
    const double variance = square[i] - (options.centered ? mean[i] * mean[i] : 0);
    buffer[i] = options.momentum * buffer[i] + g / (std::sqrt(variance) + options.epsilon);
    return value - lr * buffer[i];
  });
}

TEST(RmsPropTest, EqualsThePlainLoop) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const double momentum : {0.0, 0.5}) {
      for (const bool centered : {false, true}) {
        ExpectEqualsPlainRmsProp(dtype, {.alpha = 0.5,
                                         .epsilon = 1e-2,
                                         .momentum = momentum,
                                         .centered = centered});
      }
    }
  }
}

TEST(RmsPropTest, HasTheStateThatItsOptionsNeed) {
  Parameter a("a", Tensor::Zeros({DType::kFloat32, {2}}));
  RmsProp plain({{.parameters = {&a}}});
  EXPECT_EQ(StateNames(plain), (std::vector<std::string>{"a.square"}));
  RmsProp heavy({{.parameters = {&a}}}, {.momentum = 0.9});
  EXPECT_EQ(StateNames(heavy), (std::vector<std::string>{"a.square", "a.momentum"}));
  RmsProp both({{.parameters = {&a}}}, {.momentum = 0.9, .centered = true});
  EXPECT_EQ(StateNames(both), (std::vector<std::string>{"a.square", "a.mean", "a.momentum"}));
}

TEST(RmsPropDeathTest, OptionsAreChecked) {
  EXPECT_DEATH(RmsProp({}, {.alpha = 1.5}), "RmsProp: found alpha 1.5, expected one in");
  EXPECT_DEATH(RmsProp({}, {.epsilon = -1}), "found epsilon -1 and momentum 0, expected");
  EXPECT_DEATH(RmsProp({}, {.momentum = -1}), "momentum -1, expected at least 0");
}

}  // namespace
}  // namespace hairpin
