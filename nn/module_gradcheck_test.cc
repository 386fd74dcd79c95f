#include "nn/module_gradcheck.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/add.h"
#include "ops/mul.h"
#include "ops/scale.h"
#include "ops/sqrt.h"
#include "ops/sum.h"

namespace hairpin::nn {
namespace {

using ::testing::HasSubstr;

class TwoVectors : public Module {
 public:
  explicit TwoVectors(const ModuleContext& context)
      : a(AddParameter(context, "a", {100}, NormalInitializer(1))),
        b(AddParameter(context, "b", {100}, NormalInitializer(1))) {}
  Parameter &a, &b;
};

// Made anew for each: a context counts the parameters that it gave initial values.
ModuleContext Double() { return {.dtype = DType::kFloat64, .seed = 1}; }

TEST(ModuleGradcheckTest, RightGradientsPassAndNothingIsLeftChanged) {
  TwoVectors module(Double());
  const std::vector<double> before = module.a.value().ToDoubles();
  const GradcheckResult result = GradcheckModule(module, [&](Recording& recording) {
    return Sum(Mul(recording.Use(module.a), recording.Use(module.b)));
  });
  EXPECT_TRUE(result.ok) << result.message;
  EXPECT_LT(result.error, 1e-9);
  EXPECT_EQ(module.a.value().ToDoubles(), before);
}

// sum(a b) with a factor of b that backward does not see.
TEST(ModuleGradcheckTest, AWrongGradientIsNamed) {
  TwoVectors module(Double());
  const GradcheckResult result = GradcheckModule(module, [&](Recording& recording) {
    const Variable hidden = recording.Constant(module.b.value().Clone());
    return Sum(Add(Mul(recording.Use(module.a), recording.Use(module.b)), Scale(hidden, 1e-3)));
  });
  EXPECT_FALSE(result.ok);
  EXPECT_THAT(result.message, HasSubstr("b [100], element 0: analytic "));
}

// sqrt(0 a) is 0 for any a, and its gradient is 0 / 0.
TEST(ModuleGradcheckTest, ANaNFails) {
  TwoVectors module(Double());
  const GradcheckResult result = GradcheckModule(module, [&](Recording& recording) {
    const Variable product = Mul(recording.Use(module.a), recording.Use(module.b));
    return Sum(Add(product, Sqrt(Scale(recording.Use(module.a), 0))));
  });
  EXPECT_FALSE(result.ok);
  EXPECT_THAT(result.message, HasSubstr("a [100], element 0: analytic "));
  EXPECT_THAT(result.message, HasSubstr("nan"));
  EXPECT_TRUE(std::isnan(result.error));
}

TEST(ModuleGradcheckTest, AMissingGradientIsNamed) {
  TwoVectors module(Double());
  const GradcheckResult result = GradcheckModule(
      module, [&](Recording& recording) { return Sum(recording.Use(module.a)); });
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.message, "b: has no gradient");
}

}  // namespace
}  // namespace hairpin::nn
