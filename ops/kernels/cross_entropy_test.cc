#include "ops/kernels/cross_entropy.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

constexpr int32_t kIgnored = -1;

// Every third row is ignored.
std::vector<int32_t> Targets(int64_t M, int64_t V) {
  std::vector<int32_t> targets;
  for (int64_t m = 0; m < M; ++m) {
    targets.push_back(m % 3 == 2 ? kIgnored : static_cast<int32_t>(m * 7 % V));
  }
  return targets;
}

template <typename T>
void Check(int64_t M, int64_t V, size_t offset, double smoothing = 0) {
  SCOPED_TRACE(::testing::Message() << M << " rows of " << V << ", " << smoothing);
  using L = long double;
  const size_t n = static_cast<size_t>(M * V), rows = static_cast<size_t>(M);
  MisalignedArray<T> x(n, offset), loss(rows, 1), lse(rows, 2), dloss(rows, 0), dx(n, offset + 1);
  MisalignedArray<int32_t> correct(rows, 1);
  FillRandom(x, -5, 5, 1);
  FillRandom(dloss, 0.5, 1.5, 2);
  const std::vector<int32_t> targets = Targets(M, V);
  kernels::CrossEntropy(x.data(), targets.data(), kIgnored, M, V, loss.data(), lse.data(),
                        correct.data(), smoothing);
  kernels::CrossEntropyBackward(x.data(), targets.data(), kIgnored, lse.data(), dloss.data(), M,
                                V, dx.data(), smoothing);
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (size_t m = 0; m < rows; ++m) {
    const T* p = x.data() + m * static_cast<size_t>(V);
    const T* dp = dx.data() + m * static_cast<size_t>(V);
    L sum = 0, mean = 0;
    int64_t best = 0;
    for (int64_t v = 0; v < V; ++v) {
      mean += static_cast<L>(p[v]) / V;
      sum += std::exp(static_cast<L>(p[v]));
      if (p[v] > p[best]) best = v;
    }
    const bool ignored = targets[m] == kIgnored;
    const L expected =
        ignored ? 0 : std::log(sum) - (1 - smoothing) * p[targets[m]] - smoothing * mean;
    EXPECT_NEAR(loss[m], static_cast<double>(expected), 30 * epsilon);
    EXPECT_EQ(correct[m], !ignored && best == targets[m]);
    for (int64_t v = 0; v < V; ++v) {
      const L probability = std::exp(static_cast<L>(p[v])) / sum;
      const L wanted = (1 - smoothing) * (v == targets[m]) + smoothing / V;
      const L gradient = ignored ? 0 : (probability - wanted) * dloss[m];
      EXPECT_NEAR(dp[v], static_cast<double>(gradient), 20 * epsilon);
    }
  }
  ASSERT_TRUE(loss.Intact() && lse.Intact() && correct.Intact() && dx.Intact());
  kernels::CrossEntropyBackward(x.data(), targets.data(), kIgnored, lse.data(), dloss.data(), M,
                                V, x.data(), smoothing);
  EXPECT_TRUE(SameBits(x.data(), dx.data(), n));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t V = 1; V <= static_cast<int64_t>(LongestTail<T>()); ++V) {
      Check<T>(4, V, static_cast<size_t>(V % 4));
      Check<T>(4, V, static_cast<size_t>(V % 4), 0.3);
    }
    Check<T>(40, 1001, 1);
    Check<T>(0, 5, 0);
  });
}

TEST(CrossEntropy, Float32) { CheckAll<float>(); }
TEST(CrossEntropy, Float64) { CheckAll<double>(); }

TEST(CrossEntropy, TiesLargeLogitsAndNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  ForEachTarget([&](const char*) {
    const float x[] = {2, 5, 5, 1e30f, 0, 0, 0, nan, 0};
    const int32_t targets[] = {2, 0, 0};
    float loss[3], lse[3], dloss[3] = {1, 1, 1}, dx[9];
    int32_t correct[3];
    kernels::CrossEntropy(x, targets, kIgnored, 3, 3, loss, lse, correct);
    EXPECT_EQ(correct[0], 0);  // the first of equal ones is the answer
    EXPECT_EQ(loss[1], 0);
    EXPECT_EQ(correct[1], 1);
    EXPECT_TRUE(std::isnan(loss[2]));
    kernels::CrossEntropyBackward(x, targets, kIgnored, lse, dloss, 3, 3, dx);
    EXPECT_EQ(dx[3], 0);
    EXPECT_EQ(dx[4], 0);
    const int32_t first[] = {1, 1, 1};
    kernels::CrossEntropy<float>(x, first, kIgnored, 3, 3, loss, lse, correct);
    EXPECT_EQ(correct[0], 1);
    EXPECT_EQ(correct[1], 0);
    EXPECT_FLOAT_EQ(loss[1], 1e30f);
  });
}

TEST(CrossEntropy, ThreadsAndRowsAlone) {
  constexpr int64_t kM = 300, kV = 500;
  MisalignedArray<float> x(kM * kV, 0), loss(kM, 0), lse(kM, 0), first(kM, 0);
  FillRandom(x, -5, 5, 1);
  const std::vector<int32_t> targets = Targets(kM, kV);
  kernels::CrossEntropy<float>(x.data(), targets.data(), kIgnored, kM, kV, first.data(),
                               lse.data(), nullptr);
  ForEachThreadCount([&] {
    kernels::CrossEntropy<float>(x.data(), targets.data(), kIgnored, kM, kV, loss.data(),
                                 lse.data(), nullptr);
    EXPECT_TRUE(SameBits(loss.data(), first.data(), kM));
  });
  for (int64_t m = 0; m < kM; m += 50) {
    kernels::CrossEntropy<float>(x.data() + m * kV, &targets[m], kIgnored, 1, kV, loss.data(),
                                 lse.data(), nullptr);
    EXPECT_TRUE(SameBits(loss.data(), first.data() + m, 1));
  }
}

}  // namespace
}  // namespace hairpin
