#include "ops/kernels/batch_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin::kernels {
namespace {

template <class T>
class BatchNormTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(BatchNormTest, Types);

constexpr double kEpsilon = 0.01;

const ChannelsShape kShapes[] = {
    {.batch = 2, .channels = 1, .positions = 1}, {.batch = 37, .channels = 35, .positions = 1},
    {.batch = 3, .channels = 5, .positions = 7}, {.batch = 4, .channels = 3, .positions = 33},
    {.batch = 1, .channels = 2, .positions = 64}, {.batch = 5, .channels = 9, .positions = 4}};

template <class T>
struct Run {
  explicit Run(const ChannelsShape& s)
      : shape(s), x(Size(), 1), dy(Size(), 1), y(Size(), 1), dx(Size(), 1), weight(s.channels, 1),
        bias(s.channels, 1), mean(s.channels, 1), variance(s.channels, 1), dweight(s.channels, 1),
        dbias(s.channels, 1) {
    FillRandom(x, 1, 4, 1);
    FillRandom(dy, -2, 2, 2);
    FillRandom(weight, 0.5, 2, 3);
    FillRandom(bias, -1, 1, 4);
    BatchStatistics(s, x.data(), mean.data(), variance.data());
    BatchNorm(s, x.data(), weight.data(), bias.data(), mean.data(), variance.data(), kEpsilon,
              y.data());
    for (auto* a : {&dx, &dweight, &dbias}) std::fill_n(a->data(), a->size(), T(0.5));
    BatchNormBackward<T>(s, x.data(), weight.data(), mean.data(), variance.data(), dy.data(),
                         nullptr, nullptr, kEpsilon,
                         {.x = dx.data(), .weight = dweight.data(), .bias = dbias.data(),
                          .accumulate_x = true, .accumulate_weight = true});
    EXPECT_TRUE(y.Intact() && dx.Intact() && mean.Intact() && variance.Intact());
    EXPECT_TRUE(dweight.Intact() && dbias.Intact());
  }
  size_t Size() const { return shape.batch * shape.channels * shape.positions; }

  ChannelsShape shape;
  MisalignedArray<T> x, dy, y, dx, weight, bias, mean, variance, dweight, dbias;
};

template <class T>
void CheckChannel(const Run<T>& r, int64_t c) {
  const ChannelsShape& s = r.shape;
  std::vector<int64_t> at;
  for (int64_t b = 0; b < s.batch; ++b) {
    for (int64_t i = 0; i < s.positions; ++i) at.push_back((b * s.channels + c) * s.positions + i);
  }
  const double n = static_cast<double>(at.size());
  const double tolerance = 200 * std::numeric_limits<T>::epsilon();
  double mean = 0, variance = 0;
  for (const int64_t i : at) mean += r.x[i] / n;
  for (const int64_t i : at) variance += (r.x[i] - mean) * (r.x[i] - mean) / n;
  EXPECT_NEAR(r.mean[c], mean, tolerance);
  EXPECT_NEAR(r.variance[c], variance, tolerance);
  const double deviation = std::sqrt(variance + kEpsilon);
  double dbias = 0, dweight = 0;
  for (const int64_t i : at) {
    const double hat = (r.x[i] - mean) / deviation;
    ASSERT_NEAR(r.y[i], hat * r.weight[c] + r.bias[c], tolerance);
    dbias += r.dy[i];
    dweight += r.dy[i] * hat;
  }
  EXPECT_NEAR(r.dbias[c], dbias, 10 * tolerance);
  EXPECT_NEAR(r.dweight[c], 0.5 + dweight, 10 * tolerance);
  for (const int64_t i : at) {
    const double hat = (r.x[i] - mean) / deviation;
    const double dx = r.weight[c] / deviation * (r.dy[i] - dbias / n - hat * dweight / n);
    ASSERT_NEAR(r.dx[i], 0.5 + dx, 10 * tolerance);
  }
}

TYPED_TEST(BatchNormTest, FollowsItsFormulas) {
  ForEachTarget([&](const char*) {
    for (const ChannelsShape& shape : kShapes) {
      SCOPED_TRACE(&shape - kShapes);
      const Run<TypeParam> run(shape);
      for (int64_t c = 0; c < shape.channels; ++c) CheckChannel(run, c);
    }
  });
}

TYPED_TEST(BatchNormTest, SameBitsForAnyNumberOfThreads) {
  for (const ChannelsShape& shape : kShapes) {
    const Run<TypeParam> one(shape);
    ForEachThreadCount([&] {
      const Run<TypeParam> several(shape);
      EXPECT_TRUE(SameBits(one.y.data(), several.y.data(), one.y.size()));
      EXPECT_TRUE(SameBits(one.dx.data(), several.dx.data(), one.dx.size()));
      EXPECT_TRUE(SameBits(one.dweight.data(), several.dweight.data(), one.dweight.size()));
    });
  }
}

}  // namespace
}  // namespace hairpin::kernels
