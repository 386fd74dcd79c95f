// The update against the formulas of its header in long double.
#include "ops/kernels/adagrad.h"

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
  MisalignedArray<T> g(n, offset), p(n, offset + 1), s(n, offset + 2);
  FillRandom(g, -1, 1, 1);
  FillRandom(p, -1, 1, 2);
  FillRandom(s, 0, 1, 3);
  const kernels::AdagradStep step = {
      .learning_rate = 0.1, .epsilon = 0.01, .weight_decay = 0.2, .gradient_factor = 0.5};
  std::vector<L> ep(n), es(n);
  for (size_t i = 0; i < n; ++i) {
    const L grad = 0.5L * g[i] + 0.2L * p[i];
    es[i] = s[i] + grad * grad;
    ep[i] = p[i] - 0.1L * grad / (std::sqrt(es[i]) + 0.01L);
  }
  kernels::Adagrad(g.data(), static_cast<int64_t>(n), step, p.data(), s.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(s[i], static_cast<double>(es[i]), 2 * epsilon);
    EXPECT_NEAR(p[i], static_cast<double>(ep[i]), 2 * epsilon);
  }
  EXPECT_TRUE(p.Intact() && s.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) Check<T>(n, n % 4);
  });
}

TEST(Adagrad, Float32) { CheckAll<float>(); }
TEST(Adagrad, Float64) { CheckAll<double>(); }

}  // namespace
}  // namespace hairpin
