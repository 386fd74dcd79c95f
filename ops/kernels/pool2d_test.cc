#include "ops/kernels/pool2d.h"

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
class Pool2dTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Pool2dTest, Types);

const Pool2dShape kShapes[] = {
    {},
    {.planes = 3, .height = 6, .width = 8, .kernel = 2, .stride = 2},
    {.planes = 2, .height = 7, .width = 5, .kernel = 2, .stride = 2},
    {.planes = 3, .height = 4, .width = 75, .kernel = 2, .stride = 2},
    {.planes = 60, .height = 13, .width = 28, .kernel = 2, .stride = 2},
    {.planes = 2, .height = 3, .width = 11, .kernel = 2, .stride = 2},
    {.planes = 2, .height = 7, .width = 40, .kernel = 3, .stride = 1, .padding = 1},
    {.planes = 2, .height = 9, .width = 37, .kernel = 3, .stride = 2, .padding = 1},
    {.planes = 2, .height = 4, .width = 71, .kernel = 2, .stride = 2, .padding = 1},
    {.planes = 1, .height = 3, .width = 66, .kernel = 3, .stride = 2},
    {.planes = 1, .height = 11, .width = 12, .kernel = 2, .stride = 5},
    {.planes = 2, .height = 5, .width = 3, .kernel = 4, .stride = 3, .padding = 2},
    {.planes = 0, .height = 5, .width = 3, .kernel = 2, .stride = 1},
};

template <class T>
struct Results {
  explicit Results(const Pool2dShape& s)
      : y(s.planes * s.out_height() * s.out_width(), 1), dx(s.planes * s.height * s.width, 1) {}
  MisalignedArray<T> y, dx;
};

template <class T>
struct Problem {
  explicit Problem(const Pool2dShape& s)
      : shape(s), x(s.planes * s.height * s.width, 1),
        dy(s.planes * s.out_height() * s.out_width(), 1) {
    FillRandom(x, -2, 2, 1);
    FillRandom(dy, -2, 2, 2);
  }
  // Values with ties.
  void Round() {
    for (size_t i = 0; i < x.size(); ++i) x[i] = std::round(x[i]);
  }
  Results<T> Run(bool max, bool accumulate) const {
    Results<T> r(shape);
    std::fill_n(r.dx.data(), r.dx.size(), T(0.5));
    MisalignedArray<T> workspace(Pool2dWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
    if (max) {
      MaxPool2d(shape, x.data(), r.y.data(), workspace.data());
      MaxPool2dBackward(shape, x.data(), dy.data(), accumulate, r.dx.data(), workspace.data());
    } else {
      AvgPool2d(shape, x.data(), r.y.data(), workspace.data());
      AvgPool2dBackward(shape, dy.data(), accumulate, r.dx.data(), workspace.data());
    }
    EXPECT_TRUE(workspace.Intact() && r.y.Intact() && r.dx.Intact());
    return r;
  }
  // By the definition.
  Results<T> Expected(bool max, bool accumulate) const {
    const Pool2dShape& s = shape;
    Results<T> r(s);
    std::fill_n(r.dx.data(), r.dx.size(), T(accumulate ? 0.5 : 0));
    int64_t at = 0;
    for (int64_t n = 0; n < s.planes; ++n) {
      for (int64_t i = 0; i < s.out_height(); ++i) {
        for (int64_t j = 0; j < s.out_width(); ++j, ++at) {
          double sum = 0;
          int64_t best = -1;
          for (int64_t u = 0; u < s.kernel; ++u) {
            for (int64_t v = 0; v < s.kernel; ++v) {
              const int64_t h = i * s.stride + u - s.padding, w = j * s.stride + v - s.padding;
              if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
              const int64_t in = (n * s.height + h) * s.width + w;
              sum += x[in];
              if (best < 0 || x[in] > x[best]) best = in;
              if (!max) r.dx[in] += dy[at] / (s.kernel * s.kernel);
            }
          }
          r.y[at] = max ? x[best] : static_cast<T>(sum / (s.kernel * s.kernel));
          if (max) r.dx[best] += dy[at];
        }
      }
    }
    return r;
  }
  Pool2dShape shape;
  MisalignedArray<T> x, dy;
};

template <class T>
void ExpectNear(const MisalignedArray<T>& a, const MisalignedArray<T>& b, const char* what) {
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], 40 * std::numeric_limits<T>::epsilon()) << what << " " << i;
  }
}

TYPED_TEST(Pool2dTest, FollowsItsDefinition) {
  ForEachTarget([&](const char*) {
    for (const Pool2dShape& shape : kShapes) {
      SCOPED_TRACE(&shape - kShapes);
      Problem<TypeParam> p(shape);
      for (const bool max : {true, false}) {
        for (const bool accumulate : {true, false}) {
          const auto actual = p.Run(max, accumulate), expected = p.Expected(max, accumulate);
          ExpectNear(actual.y, expected.y, "y");
          ExpectNear(actual.dx, expected.dx, "dx");
        }
      }
    }
  });
}

TYPED_TEST(Pool2dTest, TheFirstMaximumHasTheGradient) {
  ForEachTarget([&](const char*) {
    for (const Pool2dShape& shape : kShapes) {
      Problem<TypeParam> p(shape);
      p.Round();
      ExpectNear(p.Run(true, false).dx, p.Expected(true, false).dx, "dx");
    }
  });
}

TYPED_TEST(Pool2dTest, SameBitsForAnyNumberOfThreads) {
  for (const Pool2dShape& shape : kShapes) {
    const Problem<TypeParam> p(shape);
    for (const bool max : {true, false}) {
      const auto one = p.Run(max, false);
      ForEachThreadCount([&] {
        const auto several = p.Run(max, false);
        EXPECT_TRUE(SameBits(one.y.data(), several.y.data(), one.y.size()));
        EXPECT_TRUE(SameBits(one.dx.data(), several.dx.data(), one.dx.size()));
      });
    }
  }
}

TYPED_TEST(Pool2dTest, ANanIsTheLargest) {
  ForEachTarget([&](const char*) {
    Problem<TypeParam> p({.planes = 1, .height = 4, .width = 4, .kernel = 2, .stride = 2});
    p.x[5] = std::numeric_limits<TypeParam>::quiet_NaN();
    const auto r = p.Run(true, false);
    EXPECT_TRUE(std::isnan(r.y[0]));
    EXPECT_FALSE(std::isnan(r.y[1]) || std::isnan(r.y[2]) || std::isnan(r.y[3]));
    EXPECT_EQ(r.dx[5], p.dy[0]);
    EXPECT_EQ(r.dx[0], 0);
  });
}

}  // namespace
}  // namespace hairpin::kernels
