// The update against the formulas of its header in long double.
#include "ops/kernels/lion.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using L = long double;

template <typename T>
void Check(size_t n, size_t offset) {
  SCOPED_TRACE(n);
  MisalignedArray<T> g(n, offset), p(n, offset + 1), m(n, offset + 2);
  FillRandom(g, -1, 1, 1);
  FillRandom(p, -1, 1, 2);
  FillRandom(m, -1, 1, 3);
  const kernels::LionStep step = {.learning_rate = 0.1,
                                  .beta1 = 0.75,
                                  .beta2 = 0.875,
                                  .weight_decay = 0.2,
                                  .gradient_factor = 0.5};
  std::vector<L> ep(n), em(n);
  for (size_t i = 0; i < n; ++i) {
    const L grad = 0.5L * g[i], direction = 0.75L * m[i] + 0.25L * grad;
    ep[i] = p[i] * (1 - 0.02L) - (direction > 0 ? 0.1L : -0.1L);
    em[i] = 0.875L * m[i] + 0.125L * grad;
  }
  kernels::Lion(g.data(), static_cast<int64_t>(n), step, p.data(), m.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(p[i], static_cast<double>(ep[i]), 2 * epsilon);
    EXPECT_NEAR(m[i], static_cast<double>(em[i]), 2 * epsilon);
  }
  EXPECT_TRUE(p.Intact() && m.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) Check<T>(n, n % 4);
  });
}

TEST(Lion, Float32) { CheckAll<float>(); }
TEST(Lion, Float64) { CheckAll<double>(); }

TEST(Lion, NothingMovesWithoutADirectionAndNanStays) {
  ForEachTarget([](const char*) {
    const float g[] = {0, std::numeric_limits<float>::quiet_NaN()};
    float p[] = {3, 3}, m[] = {0, 0};
    kernels::Lion<float>(g, 2, {.learning_rate = 0.5}, p, m);
    EXPECT_EQ(p[0], 3);
    EXPECT_TRUE(std::isnan(p[1]) && std::isnan(m[1]));
  });
}

}  // namespace
}  // namespace hairpin
