#include "autograd/gradcheck.h"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "autograd/variable.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Bell;
using testing_ops::Mul;
using testing_ops::Run;
using testing_ops::Square;
using testing_ops::SquareOp;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

template <int kSign>
std::vector<Variable> SignedSquare(Recording&, absl::Span<const Variable> x) {
  return {Run<SquareOp<kSign>>(x[0])};
}

TEST(GradcheckTest, AcceptsTrueGradients) {
  const std::vector<Tensor> inputs = {Values({0.3, -1.2, 2}), Values({1.5, 0.4, -0.1})};
  const GradcheckResult result = Gradcheck(
      [](Recording&, absl::Span<const Variable> x) -> std::vector<Variable> {
        auto [bell, next] = Bell(Mul(x[0], x[1]));
        return {Add(std::move(bell), Square(x[1])), std::move(next)};
      },
      inputs);
  EXPECT_TRUE(result.ok) << result.message;
  EXPECT_LT(result.error, 1e-9);
}

// As gradcheck.h shows it: inputs in braces.
TEST(GradcheckTest, ReadsAsItsHeaderSays) {
  const Tensor a = Values({1.5, -2}), b = Values({0.5, 3});
  GradcheckResult result = Gradcheck(
      [](Recording&, absl::Span<const Variable> x) -> std::vector<Variable> {
        return {Mul(x[0], x[1])};
      },
      {a, b});
  EXPECT_TRUE(result.ok) << result.message;
}

TEST(GradcheckTest, DetectsAFlippedSign) {
  const std::vector<Tensor> inputs = {Values({0.3, -1.2, 2})};
  EXPECT_TRUE(Gradcheck(SignedSquare<1>, inputs).ok);
  const GradcheckResult result = Gradcheck(SignedSquare<-1>, inputs);
  EXPECT_FALSE(result.ok);
  EXPECT_NE(result.message.find("input 0 [3], element 0: analytic"), std::string::npos)
      << result.message;
  EXPECT_GT(result.error, 0.1);
}

// One wrong element of one input is enough.
TEST(GradcheckTest, DetectsAMissingGradient) {
  const std::vector<Tensor> inputs = {Values({1, 2})};
  const GradcheckResult result = Gradcheck(
      [](Recording& recording, absl::Span<const Variable> x) -> std::vector<Variable> {
        const NoGradient none(recording);
        return {Square(x[0])};
      },
      inputs);
  EXPECT_FALSE(result.ok);
}

TEST(GradcheckTest, ANaNFails) {
  const std::vector<Tensor> inputs = {Values({std::numeric_limits<double>::quiet_NaN(), 2})};
  EXPECT_FALSE(Gradcheck(SignedSquare<1>, inputs).ok);
}

// Of all elements of all inputs: the first that is wrong is named, a NaN is the largest
// error, and what is right behind it does not make up for it.
TEST(GradcheckTest, ComparesEachElement) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  GradcheckResult result;
  CompareGradients("good", std::vector<ElementGradient>{{0, 1, 1}, {5, 3 + 4e-8, 3}}, 1e-7,
                   &result);
  EXPECT_TRUE(result.ok) << result.message;
  EXPECT_NEAR(result.error, 1e-8, 1e-12);
  CompareGradients("bad", std::vector<ElementGradient>{{0, 1, 1}, {7, nan, 3}, {9, 4, 3}}, 1e-7,
                   &result);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.message,
            "bad, element 7: analytic nan, numeric 3, error nan over 1 + max");
  EXPECT_TRUE(std::isnan(result.error));
  CompareGradients("good", std::vector<ElementGradient>{{0, 1, 1}}, 1e-7, &result);
  EXPECT_FALSE(result.ok);
  EXPECT_TRUE(std::isnan(result.error));
  for (const ElementGradient& wrong :
       {ElementGradient{0, 1, nan}, {0, infinity, 1}, {0, 1, infinity}, {0, infinity, infinity}}) {
    GradcheckResult one;
    CompareGradients("x", {wrong}, 1e-7, &one);
    EXPECT_FALSE(one.ok) << wrong.analytic << " " << wrong.numeric;
  }
}

TEST(GradcheckTest, NothingToMoveIsOk) {
  const std::vector<Tensor> inputs = {Tensor::Empty({DType::kFloat64, {0}}),
                                      Tensor::FromValues<int32_t>({2}, {1, 2})};
  const GradcheckResult result = Gradcheck(SignedSquare<1>, inputs);
  EXPECT_TRUE(result.ok) << result.message;
}

TEST(GradcheckTest, EvaluatesOutputsAndProjectedGradients) {
  const std::vector<Tensor> inputs = {Values({3, 5})};
  const EvaluatedGradients result = EvaluateGradients(SignedSquare<1>, inputs);
  ASSERT_EQ(result.outputs.size(), 1u);
  EXPECT_EQ(result.outputs[0].ToDoubles(), std::vector<double>({9, 25}));
  const std::vector<double> r = ProjectionDirection(0, inputs[0].spec()).ToDoubles();
  EXPECT_EQ(result.gradients[0].ToDoubles(), std::vector<double>({6 * r[0], 10 * r[1]}));
  EXPECT_NE(r, ProjectionDirection(1, inputs[0].spec()).ToDoubles());
}

}  // namespace
}  // namespace hairpin
