#include "ops/kernels/group_norm.h"

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
class GroupNormTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(GroupNormTest, Types);

constexpr double kEpsilon = 0.01;

const GroupsShape kShapes[] = {
    {.batch = 2, .groups = 1, .channels = 2, .positions = 1},
    {.batch = 3, .groups = 2, .channels = 6, .positions = 5},
    {.batch = 2, .groups = 3, .channels = 3, .positions = 33},
    {.batch = 1, .groups = 4, .channels = 8, .positions = 16},
    {.batch = 0, .groups = 4, .channels = 8, .positions = 16},
};

template <class T>
struct Run {
  explicit Run(const GroupsShape& s)
      : shape(s), x(Size(), 1), dy(Size(), 1), y(Size(), 1), dx(Size(), 1), weight(s.channels, 1),
        bias(s.channels, 1), dweight(s.channels, 1), dbias(s.channels, 1),
        mean(s.batch * s.groups, 1), rstd(s.batch * s.groups, 1) {
    FillRandom(x, 1, 4, 1);
    FillRandom(dy, -2, 2, 2);
    FillRandom(weight, 0.5, 2, 3);
    FillRandom(bias, -1, 1, 4);
    for (auto* a : {&dx, &dweight, &dbias}) std::fill_n(a->data(), a->size(), T(0.5));
    GroupNorm(s, x.data(), weight.data(), bias.data(), kEpsilon, y.data(), mean.data(),
              rstd.data());
    GroupNormBackward(s, x.data(), weight.data(), mean.data(), rstd.data(), dy.data(), true,
                      dx.data());
    GroupNormBackwardParameters(s, x.data(), mean.data(), rstd.data(), dy.data(), true,
                                dweight.data(), false, dbias.data());
    EXPECT_TRUE(y.Intact() && dx.Intact() && mean.Intact() && rstd.Intact());
    EXPECT_TRUE(dweight.Intact() && dbias.Intact());
  }
  size_t Size() const { return shape.batch * shape.channels * shape.positions; }

  GroupsShape shape;
  MisalignedArray<T> x, dy, y, dx, weight, bias, dweight, dbias, mean, rstd;
};

// By the formulas, in double.
template <class T>
void Check(const Run<T>& r) {
  const GroupsShape& s = r.shape;
  const double tolerance = 400 * std::numeric_limits<T>::epsilon();
  const int64_t n = s.channels / s.groups * s.positions;
  std::vector<double> dweight(s.channels, 0.5), dbias(s.channels, 0.0);
  for (int64_t run = 0; run < s.batch * s.groups; ++run) {
    double mean = 0, variance = 0, g = 0, g_hat = 0;
    for (int64_t i = run * n; i < (run + 1) * n; ++i) mean += r.x[i] / n;
    for (int64_t i = run * n; i < (run + 1) * n; ++i) {
      variance += (r.x[i] - mean) * (r.x[i] - mean) / n;
    }
    const double rstd = 1 / std::sqrt(variance + kEpsilon);
    EXPECT_NEAR(r.mean[run], mean, tolerance);
    EXPECT_NEAR(r.rstd[run], rstd, tolerance);
    for (int64_t i = run * n; i < (run + 1) * n; ++i) {
      const int64_t c = i / s.positions % s.channels;
      const double hat = (r.x[i] - mean) * rstd;
      ASSERT_NEAR(r.y[i], hat * r.weight[c] + r.bias[c], tolerance);
      g += r.dy[i] * r.weight[c] / n;
      g_hat += r.dy[i] * r.weight[c] * hat / n;
      dweight[c] += r.dy[i] * hat;
      dbias[c] += r.dy[i];
    }
    for (int64_t i = run * n; i < (run + 1) * n; ++i) {
      const int64_t c = i / s.positions % s.channels;
      const double hat = (r.x[i] - mean) * rstd;
      ASSERT_NEAR(r.dx[i], 0.5 + rstd * (r.dy[i] * r.weight[c] - g - hat * g_hat), tolerance);
    }
  }
  for (int64_t c = 0; c < s.channels; ++c) {
    EXPECT_NEAR(r.dweight[c], dweight[c], 10 * tolerance);
    EXPECT_NEAR(r.dbias[c], dbias[c], 10 * tolerance);
  }
}

TYPED_TEST(GroupNormTest, FollowsItsFormulas) {
  ForEachTarget([&](const char*) {
    for (const GroupsShape& shape : kShapes) {
      SCOPED_TRACE(&shape - kShapes);
      Check(Run<TypeParam>(shape));
    }
  });
}

TYPED_TEST(GroupNormTest, SameBitsForAnyNumberOfThreads) {
  for (const GroupsShape& shape : kShapes) {
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
