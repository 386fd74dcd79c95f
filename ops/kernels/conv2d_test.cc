#include "ops/kernels/conv2d.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

template <class T>
class Conv2dTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Conv2dTest, Types);

const Conv2dShape kShapes[] = {
    {.in_channels = 1, .out_channels = 1},
    {.batch = 3, .in_channels = 2, .out_channels = 5, .height = 7, .width = 9, .kernel_height = 3,
     .kernel_width = 3},
    {.batch = 2, .in_channels = 3, .out_channels = 33, .height = 6, .width = 5, .kernel_height = 2,
     .kernel_width = 4, .padding = 2},
    {.batch = 2, .in_channels = 17, .out_channels = 16, .height = 8, .width = 8,
     .kernel_height = 3, .kernel_width = 3, .stride = 2, .padding = 1},
    {.batch = 2, .in_channels = 2, .out_channels = 3, .height = 11, .width = 13,
     .kernel_height = 3, .kernel_width = 2, .stride = 3},
    {.batch = 5, .groups = 2, .in_channels = 6, .out_channels = 8, .height = 5, .width = 4,
     .kernel_height = 3, .kernel_width = 3, .padding = 1},
    {.batch = 2, .groups = 4, .in_channels = 4, .out_channels = 4, .height = 9, .width = 9,
     .kernel_height = 3, .kernel_width = 3, .stride = 2, .padding = 2, .dilation = 2},
    {.batch = 2, .in_channels = 3, .out_channels = 7, .height = 10, .width = 4, .kernel_height = 3,
     .kernel_width = 1, .padding = 3, .dilation = 3},
    {.batch = 1, .in_channels = 70, .out_channels = 40, .height = 4, .width = 6},
    {.batch = 1, .in_channels = 2, .out_channels = 3, .height = 40, .width = 70,
     .kernel_height = 5, .kernel_width = 5, .padding = 2},
    {.batch = 19, .in_channels = 1, .out_channels = 6, .height = 28, .width = 28,
     .kernel_height = 5, .kernel_width = 5},
    {.batch = 1, .in_channels = 1, .out_channels = 2, .height = 3, .width = 700,
     .kernel_height = 1, .kernel_width = 3, .padding = 1},
    // Filters that fill their vectors, or nearly, and many terms: conv2d_direct-inl.h.
    {.batch = 3, .in_channels = 27, .out_channels = 30, .height = 9, .width = 15,
     .kernel_height = 3, .kernel_width = 3, .padding = 1},
    {.batch = 2, .in_channels = 16, .out_channels = 16, .height = 9, .width = 10,
     .kernel_height = 3, .kernel_width = 3, .stride = 2, .padding = 1},
    {.batch = 2, .groups = 2, .in_channels = 32, .out_channels = 32, .height = 11, .width = 13,
     .kernel_height = 4, .kernel_width = 2, .stride = 3, .padding = 3, .dilation = 2},
    {.batch = 1, .in_channels = 32, .out_channels = 64, .height = 14, .width = 14,
     .kernel_height = 3, .kernel_width = 3},
};

template <class T>
MisalignedArray<T> Random(int64_t n, uint32_t seed) {
  MisalignedArray<T> array(n, 1);
  FillRandom(array, -2, 2, seed);
  return array;
}

template <class T>
struct Problem {
  explicit Problem(const Conv2dShape& s)
      : shape(s),
        x(Random<T>(s.batch * s.in_channels * s.height * s.width, 1)),
        weight(Random<T>(
            s.out_channels * s.in_channels / s.groups * s.kernel_height * s.kernel_width, 2)),
        bias(Random<T>(s.out_channels, 3)),
        dy(Random<T>(s.batch * s.out_channels * s.out_height() * s.out_width(), 4)) {}
  Conv2dShape shape;
  MisalignedArray<T> x, weight, bias, dy;
};

// What a convolution gives, in T or in long double.
template <class V>
struct Results {
  template <class T>
  Results(const Problem<T>& p, V fill)
      : y(p.dy.size(), fill), dx(p.x.size(), fill), dweight(p.weight.size(), fill),
        dbias(p.bias.size(), fill) {}
  std::vector<V> y, dx, dweight, dbias;
};

// By the definition, one term after another.
template <class T>
Results<long double> Expected(const Problem<T>& p, long double before) {
  const Conv2dShape& s = p.shape;
  Results<long double> r(p, before);
  const int64_t C = s.in_channels / s.groups, F = s.out_channels / s.groups;
  int64_t at = 0;
  for (int64_t b = 0; b < s.batch; ++b) {
    for (int64_t f = 0; f < s.out_channels; ++f) {
      for (int64_t i = 0; i < s.out_height(); ++i) {
        for (int64_t j = 0; j < s.out_width(); ++j, ++at) {
          r.y[at] = p.bias[f];
          r.dbias[f] += p.dy[at];
          for (int64_t c = 0; c < C; ++c) {
            for (int64_t u = 0; u < s.kernel_height; ++u) {
              for (int64_t v = 0; v < s.kernel_width; ++v) {
                const int64_t h = i * s.stride + u * s.dilation - s.padding;
                const int64_t w = j * s.stride + v * s.dilation - s.padding;
                if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
                const int64_t in =
                    ((b * s.in_channels + f / F * C + c) * s.height + h) * s.width + w;
                const int64_t tap = ((f * C + c) * s.kernel_height + u) * s.kernel_width + v;
                r.y[at] += static_cast<long double>(p.weight[tap]) * p.x[in];
                r.dx[in] += static_cast<long double>(p.weight[tap]) * p.dy[at];
                r.dweight[tap] += static_cast<long double>(p.dy[at]) * p.x[in];
              }
            }
          }
        }
      }
    }
  }
  return r;
}

template <class T>
Results<T> Run(const Problem<T>& p, bool accumulate, T before) {
  Results<T> r(p, before);
  const Conv2dShape& s = p.shape;
  MisalignedArray<T> y(r.y.size(), 1), dx(r.dx.size(), 1), dweight(r.dweight.size(), 1);
  MisalignedArray<T> dbias(r.dbias.size(), 1);
  for (auto* array : {&y, &dx, &dweight, &dbias}) std::fill_n(array->data(), array->size(), before);
  MisalignedArray<T> forward(Conv2dForwardWorkspaceBytes(s, sizeof(T)) / sizeof(T), 0);
  Conv2dForward(s, p.x.data(), p.weight.data(), p.bias.data(), y.data(), forward.data());
  MisalignedArray<T> input(Conv2dInputGradientWorkspaceBytes(s, sizeof(T)) / sizeof(T), 0);
  Conv2dInputGradient(s, p.dy.data(), p.weight.data(), accumulate, dx.data(), input.data());
  MisalignedArray<T> weight(Conv2dWeightGradientWorkspaceBytes(s, sizeof(T)) / sizeof(T), 0);
  Conv2dWeightGradient<T>(s, p.x.data(), p.dy.data(),
                          {dweight.data(), accumulate, dbias.data(), accumulate}, weight.data());
  EXPECT_TRUE(forward.Intact() && input.Intact() && weight.Intact());
  EXPECT_TRUE(y.Intact() && dx.Intact() && dweight.Intact() && dbias.Intact());
  r.y.assign(y.data(), y.data() + y.size());
  r.dx.assign(dx.data(), dx.data() + dx.size());
  r.dweight.assign(dweight.data(), dweight.data() + dweight.size());
  r.dbias.assign(dbias.data(), dbias.data() + dbias.size());
  return r;
}

// Differences of sums of `terms` terms of size 4 or less.
template <class T>
void ExpectNear(const std::vector<T>& actual, const std::vector<long double>& expected,
                int64_t terms, const char* what) {
  const long double tolerance = (64 + terms) * std::numeric_limits<T>::epsilon();
  int64_t wrong = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    wrong += !(std::fabs(actual[i] - expected[i]) <= tolerance * (1 + std::fabs(expected[i])));
  }
  EXPECT_EQ(wrong, 0) << what;
}

TYPED_TEST(Conv2dTest, FollowsItsDefinition) {
  for (const Conv2dShape& s : kShapes) {
    SCOPED_TRACE(&s - kShapes);
    const Problem<TypeParam> p(s);
    for (const bool accumulate : {false, true}) {
      const auto expected = Expected(p, accumulate ? 0.5L : 0.0L);
      ForEachTarget([&](const char*) {
        const auto r = Run(p, accumulate, TypeParam(0.5));
        const int64_t taps = s.kernel_height * s.kernel_width;
        ExpectNear(r.y, expected.y, s.in_channels * taps, "y");
        ExpectNear(r.dx, expected.dx, s.out_channels * taps, "dx");
        ExpectNear(r.dweight, expected.dweight, s.batch * s.height * s.width, "dweight");
        ExpectNear(r.dbias, expected.dbias, s.batch * s.height * s.width, "dbias");
      });
    }
  }
}

TYPED_TEST(Conv2dTest, SameBitsForAnyNumberOfThreads) {
  for (const Conv2dShape& s : kShapes) {
    SCOPED_TRACE(&s - kShapes);
    const Problem<TypeParam> p(s);
    SetNumThreads(1);
    const auto one = Run(p, false, TypeParam(0));
    ForEachThreadCount([&] {
      const auto several = Run(p, false, TypeParam(0));
      EXPECT_EQ(one.y, several.y);
      EXPECT_EQ(one.dx, several.dx);
      EXPECT_EQ(one.dweight, several.dweight);
      EXPECT_EQ(one.dbias, several.dbias);
    });
  }
}

TYPED_TEST(Conv2dTest, NoImagesGiveNoGradient) {
  using T = TypeParam;
  Conv2dShape s = kShapes[1];
  s.batch = 0;
  const Problem<T> p(s);
  const Results<T> replaced = Run(p, false, T(0.5)), added = Run(p, true, T(0.5));
  EXPECT_EQ(replaced.dweight, std::vector<T>(replaced.dweight.size(), T(0)));
  EXPECT_EQ(replaced.dbias, std::vector<T>(replaced.dbias.size(), T(0)));
  EXPECT_EQ(added.dweight, std::vector<T>(added.dweight.size(), T(0.5)));
}

// An image's y and dx don't depend on the others of the batch.
TYPED_TEST(Conv2dTest, AnImageAloneHasTheBitsOfTheBatch) {
  using T = TypeParam;
  Conv2dShape s = kShapes[10];
  const Problem<T> p(s);
  const Results<T> all = Run(p, false, T(0));
  s.batch = 1;
  Problem<T> first(s);
  std::copy_n(p.x.data(), first.x.size(), first.x.data());
  std::copy_n(p.dy.data(), first.dy.size(), first.dy.data());
  const Results<T> alone = Run(first, false, T(0));
  EXPECT_TRUE(SameBits(all.y.data(), alone.y.data(), alone.y.size()));
  EXPECT_TRUE(SameBits(all.dx.data(), alone.dx.data(), alone.dx.size()));
}

}  // namespace
}  // namespace hairpin::kernels
