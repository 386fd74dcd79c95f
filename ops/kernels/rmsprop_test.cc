// The update against the formulas of its header in long double.
#include "ops/kernels/rmsprop.h"

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
void Check(size_t n, size_t offset, bool centered, double momentum) {
  SCOPED_TRACE(::testing::Message() << n << (centered ? " centered " : " ") << momentum);
  MisalignedArray<T> g(n, offset), p(n, offset + 1), s(n, offset + 2), a(n, offset), b(n, 1);
  FillRandom(g, -1, 1, 1);
  FillRandom(p, -1, 1, 2);
  FillRandom(s, 0.5, 1, 3);
  FillRandom(a, -0.1, 0.1, 4);
  FillRandom(b, -1, 1, 5);
  const kernels::RmsPropStep step = {.learning_rate = 0.1,
                                     .alpha = 0.9,
                                     .epsilon = 0.01,
                                     .momentum = momentum,
                                     .weight_decay = 0.2,
                                     .gradient_factor = 0.5};
  std::vector<L> ep(n), es(n), ea(n), eb(n);
  for (size_t i = 0; i < n; ++i) {
    const L grad = 0.5L * g[i] + 0.2L * p[i];
    es[i] = 0.9L * s[i] + 0.1L * grad * grad;
    ea[i] = centered ? a[i] + 0.1L * (grad - a[i]) : a[i];
    const L q = std::sqrt(centered ? es[i] - ea[i] * ea[i] : es[i]) + 0.01L;
    eb[i] = momentum == 0 ? static_cast<L>(b[i]) : static_cast<L>(momentum) * b[i] + grad / q;
    ep[i] = p[i] - 0.1L * (momentum == 0 ? grad / q : eb[i]);
  }
  kernels::RmsProp(g.data(), static_cast<int64_t>(n), step, p.data(), s.data(),
                   centered ? a.data() : nullptr, momentum == 0 ? nullptr : b.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(s[i], static_cast<double>(es[i]), 2 * epsilon);
    EXPECT_NEAR(a[i], static_cast<double>(ea[i]), 2 * epsilon);
    EXPECT_NEAR(b[i], static_cast<double>(eb[i]), 6 * epsilon);
    EXPECT_NEAR(p[i], static_cast<double>(ep[i]), 2 * epsilon);
  }
  EXPECT_TRUE(p.Intact() && s.Intact() && a.Intact() && b.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) {
      for (const double momentum : {0.0, 0.75}) {
        Check<T>(n, n % 4, false, momentum);
        Check<T>(n, n % 4, true, momentum);
      }
    }
  });
}

TEST(RmsProp, Float32) { CheckAll<float>(); }
TEST(RmsProp, Float64) { CheckAll<double>(); }

// Where the gradient never changes, s - a a is 0 but for rounding.
TEST(RmsProp, NoVariance) {
  ForEachTarget([](const char*) {
    float p = 1, s = 0.09f * 0.9999999f, a = -0.3f;
    const float g = -0.3f;
    kernels::RmsProp<float>(&g, 1, {.learning_rate = 1e-8, .alpha = 1}, &p, &s, &a, nullptr);
    EXPECT_NEAR(p, 1.3, 1e-6);
  });
}

}  // namespace
}  // namespace hairpin
