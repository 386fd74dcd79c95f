// The update against the formulas of its header in long double.
#include "ops/kernels/adamw.h"

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
void Check(size_t n, size_t offset, double added_decay) {
  SCOPED_TRACE(::testing::Message() << n << " added " << added_decay);
  MisalignedArray<T> g(n, offset), p(n, offset + 1), m(n, offset + 2), v(n, offset);
  FillRandom(g, -1, 1, 1);
  FillRandom(p, -1, 1, 2);
  FillRandom(m, -0.1, 0.1, 3);
  FillRandom(v, 0.01, 0.1, 4);
  const kernels::AdamWStep s = {.learning_rate = 1e-2,
                                .beta1 = 0.9,
                                .beta2 = 0.98,
                                .epsilon = 1e-6,
                                .weight_decay = 0.1,
                                .added_decay = added_decay,
                                .bias_correction1 = 0.271,
                                .bias_correction2 = 0.0588,
                                .gradient_factor = 0.5};
  std::vector<L> ep(n), em(n), ev(n);
  for (size_t i = 0; i < n; ++i) {
    const L grad = 0.5L * g[i] + added_decay * p[i];
    em[i] = 0.9L * m[i] + 0.1L * grad;
    ev[i] = 0.98L * v[i] + 0.02L * grad * grad;
    ep[i] = p[i] * (1 - 1e-2L * 0.1L) -
            1e-2L * (em[i] / 0.271L) / (std::sqrt(ev[i] / 0.0588L) + 1e-6L);
  }
  kernels::AdamW(g.data(), static_cast<int64_t>(n), s, p.data(), m.data(), v.data());
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(m[i], static_cast<double>(em[i]), 2 * epsilon);
    EXPECT_NEAR(v[i] / static_cast<double>(ev[i]), 1, 4 * epsilon);
    EXPECT_NEAR(p[i], static_cast<double>(ep[i]), 2 * epsilon);
  }
  EXPECT_TRUE(p.Intact() && m.Intact() && v.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) {
      for (const double added_decay : {0.0, 0.25}) Check<T>(n, n % 4, added_decay);
    }
  });
}

TEST(AdamW, Float32) { CheckAll<float>(); }
TEST(AdamW, Float64) { CheckAll<double>(); }

TEST(AdamW, AnyThreadsSameBits) {
  constexpr int64_t kN = 50'003;
  MisalignedArray<float> g(kN, 0), first(kN, 0);
  FillRandom(g, -1, 1, 1);
  bool have_first = false;
  ForEachThreadCount([&] {
    MisalignedArray<float> p(kN, 0), m(kN, 0), v(kN, 0);
    FillRandom(p, -1, 1, 2);
    FillRandom(m, -1, 1, 3);
    FillRandom(v, 0, 1, 4);
    kernels::AdamW(g.data(), kN, {.learning_rate = 1e-3}, p.data(), m.data(), v.data());
    if (!have_first) first = p;
    have_first = true;
    EXPECT_TRUE(SameBits(p.data(), first.data(), kN));
  });
}

}  // namespace
}  // namespace hairpin
