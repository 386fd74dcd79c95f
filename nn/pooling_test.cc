#include "nn/pooling.h"

#include <vector>

#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"
#include "ops/mul.h"
#include "ops/sum.h"

namespace hairpin::nn {
namespace {

// A parameter as a module, so that gradients with respect to it can be checked.
class Values : public Module {
 public:
  explicit Values(const Shape& shape)
      : value(AddParameter({.dtype = DType::kFloat64, .seed = 3}, "value", shape,
                           NormalInitializer(0.7))) {}
  Parameter& value;
};

const Tensor kVisible = Tensor::FromValues<int32_t>({2, 3}, {1, 1, 1, 1, 0, 0});

TEST(PoolingTest, MeanOfWhatIsVisible) {
  Recording recording({.train = false});
  const Tensor x = Tensor::FromValues<float>({2, 3, 2}, {1, 2, 3, 4, 5, 9, 7, 8, 100, 200, 300, 1});
  const Tensor y =
      MeanPooling(recording.Constant(x), recording.Constant(kVisible)).value();
  ASSERT_EQ(y.shape(), Shape({2, 2}));
  EXPECT_EQ(y.ToDoubles(), (std::vector<double>{3, 5, 7, 8}));
  EXPECT_DEATH(MeanPooling(recording.Constant(x), recording.Constant(x)), "expected \\[B, T, C\\]");
}

TEST(PoolingTest, LengthsBecomeOne) {
  Recording recording({.train = false});
  const Tensor y =
      UnitLength(recording.Constant(Tensor::FromValues<double>({3, 2}, {3, 4, 0, 0, -5, 0})))
          .value();
  const std::vector<double> expected = {0.6, 0.8, 0, 0, -1, 0};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(y.ToDoubles()[i], expected[i], 1e-12) << i;
}

TEST(PoolingTest, Gradients) {
  Values x(Shape({2, 3, 4}));
  const GradcheckResult result = GradcheckModule(x, [&](Recording& recording) {
    Variable y = UnitLength(MeanPooling(recording.Use(x.value), recording.Constant(kVisible)));
    return Sum(Mul(std::move(y), recording.Constant(Tensor::FromValues<double>(
                                     {2, 4}, {1, -2, 3, 0.5, -1, 2, 0.25, 1}))));
  });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
