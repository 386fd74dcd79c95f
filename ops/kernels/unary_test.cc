#include "ops/kernels/unary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "ops/kernels/unary_test_util.h"

namespace hairpin {
namespace {

template <typename T>
std::vector<UnaryCase<T>> Cases() {
  using L = long double;
  return {
      {"exp", kernels::Exp<T>, kernels::ExpBackward<T>, true, -5, 5, 1, 2,
       [](L x) { return std::exp(x); }, [](L x) { return std::exp(x); }},
      {"log", kernels::Log<T>, kernels::LogBackward<T>, false, 0.1, 9, 1, 1,
       [](L x) { return std::log(x); }, [](L x) { return 1 / x; }},
      {"sqrt", kernels::Sqrt<T>, kernels::SqrtBackward<T>, true, 0.1, 9, 0.51, 2,
       [](L x) { return std::sqrt(x); }, [](L x) { return 0.5L / std::sqrt(x); }},
      {"tanh", kernels::Tanh<T>, kernels::TanhBackward<T>, true, -3, 3, 2.5, 400,
       [](L x) { return std::tanh(x); }, [](L x) { return 1 - std::tanh(x) * std::tanh(x); }},
      {"relu", kernels::Relu<T>, kernels::ReluBackward<T>, true, -3, 3, 0, 0.5,
       [](L x) { return std::max(x, 0.0L); }, [](L x) { return x > 0 ? 1.0L : 0.0L; }},
  };
}

TEST(Unary, Float32) {
  for (const auto& c : Cases<float>()) CheckUnaryKernel(c);
}
TEST(Unary, Float64) {
  for (const auto& c : Cases<double>()) CheckUnaryKernel(c);
}

TEST(Unary, Scale) {
  ForEachTarget([](const char*) {
    for (size_t n = 0; n <= LongestTail<float>(); ++n) {
      MisalignedArray<float> x(n, 1), y(n, 2);
      FillRandom(x, -1, 1, 4);
      kernels::Scale(x.data(), -3.0, static_cast<int64_t>(n), false, y.data());
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(y[i], -3 * x[i]);
      kernels::Scale(x.data(), 2.0, static_cast<int64_t>(n), true, y.data());
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(y[i], -3 * x[i] + 2 * x[i]);
      EXPECT_TRUE(y.Intact());
    }
  });
}

TEST(Unary, NanAndInfinity) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  ForEachTarget([&](const char*) {
    const float x[] = {nan, inf, -inf};
    float y[3];
    kernels::Relu(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == inf && y[2] == 0);
    kernels::Exp(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == inf && y[2] == 0);
  });
}

}  // namespace
}  // namespace hairpin
