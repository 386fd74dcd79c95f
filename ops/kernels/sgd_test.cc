// The update against the formulas of its header in long double.
#include "ops/kernels/sgd.h"

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
void Check(size_t n, size_t offset, kernels::SgdStep s) {
  SCOPED_TRACE(n);
  MisalignedArray<T> g(n, offset), p(n, offset + 1), b(n, offset + 2);
  FillRandom(g, -1, 1, 1);
  FillRandom(p, -1, 1, 2);
  FillRandom(b, -1, 1, 3);
  std::vector<L> ep(n), eb(n);
  for (size_t i = 0; i < n; ++i) {
    const L grad = static_cast<L>(s.gradient_factor) * g[i] + static_cast<L>(s.weight_decay) * p[i];
    eb[i] = s.momentum == 0 ? static_cast<L>(b[i])
            : s.first ? grad
                      : static_cast<L>(s.momentum) * b[i] +
                            (1 - static_cast<L>(s.dampening)) * grad;
    const L step = s.momentum == 0 ? grad
                   : s.nesterov   ? grad + static_cast<L>(s.momentum) * eb[i]
                                  : eb[i];
    ep[i] = p[i] - static_cast<L>(s.learning_rate) * step;
  }
  kernels::Sgd(g.data(), static_cast<int64_t>(n), s, p.data(), b.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(b[i], static_cast<double>(eb[i]), 4 * epsilon);
    EXPECT_NEAR(p[i], static_cast<double>(ep[i]), 4 * epsilon);
  }
  EXPECT_TRUE(p.Intact() && b.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) {
      Check<T>(n, n % 4, {.learning_rate = 0.1, .weight_decay = 0.2, .gradient_factor = 0.5});
      for (const bool nesterov : {false, true}) {
        for (const bool first : {false, true}) {
          Check<T>(n, n % 4,
                   {.learning_rate = 0.1,
                    .momentum = 0.9,
                    .dampening = nesterov ? 0 : 0.3,
                    .weight_decay = 0.2,
                    .nesterov = nesterov,
                    .first = first});
        }
      }
    }
  });
}

TEST(Sgd, Float32) { CheckAll<float>(); }
TEST(Sgd, Float64) { CheckAll<double>(); }

TEST(Sgd, NoMomentumNeedsNoBuffer) {
  float p[] = {1, 2};
  const float g[] = {1, -1};
  kernels::Sgd<float>(g, 2, {.learning_rate = 0.5}, p, nullptr);
  EXPECT_EQ(p[0], 0.5f);
  EXPECT_EQ(p[1], 2.5f);
}

}  // namespace
}  // namespace hairpin
