#include "ops/kernels/dropout.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

const PhiloxKey kKey = {0x12345678, 0x9ABCDEF0};

// What dropout.h says of element number e.
template <typename T>
T Expected(T x, uint64_t e, double p) {
  const PhiloxWords words = Philox(kKey).At(e / 4);
  return UniformFloat(words[e % 4]) >= p ? x * static_cast<T>(1 / (1 - p)) : T(0);
}

template <typename T>
void Check(int64_t rows, int64_t C, double p, const std::vector<int32_t>& row_ids,
           size_t offset) {
  SCOPED_TRACE(::testing::Message() << rows << " x " << C << " p " << p);
  const size_t n = static_cast<size_t>(rows * C);
  MisalignedArray<T> x(n, offset), y(n, offset + 1);
  FillRandom(x, 1, 2, 1);
  const kernels::DropoutDraw draw = {
      .probability = p, .key = kKey, .row_ids = row_ids.empty() ? nullptr : row_ids.data()};
  kernels::Dropout(x.data(), rows, C, draw, false, y.data());
  std::vector<T> expected(n);
  for (int64_t r = 0; r < rows; ++r) {
    const uint64_t row = static_cast<uint64_t>(row_ids.empty() ? r : row_ids[r]);
    for (int64_t c = 0; c < C; ++c) {
      const size_t i = static_cast<size_t>(r * C + c);
      expected[i] = Expected(x[i], row * static_cast<uint64_t>(C) + static_cast<uint64_t>(c), p);
    }
  }
  EXPECT_TRUE(SameBits(y.data(), expected.data(), n) && y.Intact());
  kernels::Dropout(x.data(), rows, C, draw, true, y.data());
  for (size_t i = 0; i < n; ++i) ASSERT_EQ(y[i], expected[i] + expected[i]);
  kernels::Dropout(x.data(), rows, C, draw, false, x.data());
  EXPECT_TRUE(SameBits(x.data(), expected.data(), n));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 0; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      Check<T>(1, n, 0.1, {}, static_cast<size_t>(n % 4));
      Check<T>(3, n, 0.5, {7, 0, 1000}, static_cast<size_t>(n % 4));
    }
    Check<T>(2, 2500, 0.1, {}, 0);
    Check<T>(2, 2501, 0.9, {3, 4}, 1);
    // Numbers beyond 2^32, and the block at which the counter's halves carry.
    Check<T>(2, 1 << 20, 0.3, {16383, 16384}, 0);
  });
  ForEachThreadCount([] { Check<T>(30, 1001, 0.2, {}, 0); });
}

TEST(Dropout, Float32) { CheckAll<float>(); }
TEST(Dropout, Float64) { CheckAll<double>(); }

TEST(Dropout, RateAndZero) {
  constexpr int64_t kN = 100'000;
  const std::vector<float> x(kN, 1.0f);
  std::vector<float> y(kN);
  for (const double p : {0.0, 0.1, 0.5, 0.9}) {
    kernels::Dropout(x.data(), 1, kN, {.probability = p, .key = kKey}, false, y.data());
    int64_t dropped = 0;
    for (const float value : y) dropped += value == 0;
    // Five deviations of a binomial count.
    EXPECT_NEAR(static_cast<double>(dropped), p * kN, 5 * std::sqrt(p * (1 - p) * kN) + 0.5);
  }
}

}  // namespace
}  // namespace hairpin
