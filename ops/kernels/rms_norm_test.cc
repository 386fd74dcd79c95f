#include "ops/kernels/rms_norm.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/layer_norm.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

// Everything that the kernels take and give, with guards around it.
template <typename T>
struct Arrays {
  Arrays(size_t rows_, size_t n_, size_t offset)
      : rows(rows_), n(n_), x(rows_ * n_, offset), weight(n_, offset + 1),
        y(rows_ * n_, offset + 2), rrms(rows_, 2), dy(rows_ * n_, offset),
        dx(rows_ * n_, offset + 1), dweight(n_, offset) {
    FillRandom(x, -2, 4, 1);
    FillRandom(weight, 0.5, 2, 2);
    FillRandom(dy, -1, 1, 4);
  }
  void Forward(double epsilon) {
    kernels::RmsNorm(x.data(), weight.data(), Rows(), N(), epsilon, y.data(), rrms.data());
  }
  void Backward(bool accumulate) {
    kernels::RmsNormBackward(x.data(), weight.data(), rrms.data(), dy.data(), Rows(), N(),
                             accumulate, dx.data());
    kernels::LayerNormBackwardParameters<T>(x.data(), /*mean=*/nullptr, rrms.data(), dy.data(),
                                            Rows(), N(), accumulate, dweight.data(), false,
                                            /*dbias=*/nullptr);
  }
  int64_t Rows() const { return static_cast<int64_t>(rows); }
  int64_t N() const { return static_cast<int64_t>(n); }

  size_t rows, n;
  MisalignedArray<T> x, weight, y, rrms, dy, dx, dweight;
};

template <typename T>
void Check(size_t rows, size_t n, size_t offset) {
  SCOPED_TRACE(::testing::Message() << rows << " rows of " << n);
  using L = long double;
  // As large as the squares, so that its place in the formula shows.
  constexpr double kEpsilon = 0.5;
  Arrays<T> a(rows, n, offset);
  a.Forward(kEpsilon);
  a.Backward(false);
  const double ulps = 12 * std::numeric_limits<T>::epsilon();
  std::vector<L> dweight(n);
  for (size_t row = 0; row < rows; ++row) {
    const T* x = a.x.data() + row * n;
    const T* dy = a.dy.data() + row * n;
    L squares = 0, mean_gx = 0;
    for (size_t i = 0; i < n; ++i) squares += static_cast<L>(x[i]) * x[i];
    const L r = 1 / std::sqrt(squares / n + kEpsilon);
    EXPECT_LE(UlpDistance(a.rrms[row], r), 6);
    for (size_t i = 0; i < n; ++i) {
      mean_gx += static_cast<L>(dy[i]) * a.weight[i] * x[i] * r / n;
      dweight[i] += dy[i] * x[i] * r;
      EXPECT_LE(UlpDistance(a.y[row * n + i], x[i] * r * a.weight[i]), 8);
    }
    for (size_t i = 0; i < n; ++i) {
      const L expected = r * (static_cast<L>(dy[i]) * a.weight[i] - x[i] * r * mean_gx);
      EXPECT_NEAR(a.dx[row * n + i], static_cast<double>(expected), ulps);
    }
  }
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(a.dweight[i], static_cast<double>(dweight[i]), ulps * rows);
  }
  ASSERT_TRUE(a.y.Intact() && a.rrms.Intact() && a.dx.Intact() && a.dweight.Intact());

  // Accumulating adds exactly the same; in place gives the same bits.
  Arrays<T> twice = a;
  twice.Backward(true);
  for (size_t i = 0; i < rows * n; ++i) EXPECT_EQ(twice.dx[i], a.dx[i] + a.dx[i]);
  for (size_t i = 0; i < n; ++i) EXPECT_EQ(twice.dweight[i], a.dweight[i] + a.dweight[i]);
  kernels::RmsNormBackward(a.x.data(), a.weight.data(), a.rrms.data(), a.dy.data(), a.Rows(),
                           a.N(), false, a.dy.data());
  EXPECT_TRUE(SameBits(a.dy.data(), a.dx.data(), rows * n));
  kernels::RmsNorm(a.x.data(), a.weight.data(), a.Rows(), a.N(), kEpsilon, a.x.data(),
                   a.rrms.data());
  EXPECT_TRUE(SameBits(a.x.data(), a.y.data(), rows * n));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 1; n <= LongestTail<T>(); ++n) Check<T>(3, n, n % 4);
    Check<T>(70, 97, 1);
    Check<T>(0, 5, 0);
  });
}

TEST(RmsNorm, Float32) { CheckAll<float>(); }
TEST(RmsNorm, Float64) { CheckAll<double>(); }

TEST(RmsNorm, ThreadsAndRowsAlone) {
  constexpr size_t kRows = 517, kN = 192;
  Arrays<float> first(kRows, kN, 0);
  first.Forward(1e-5);
  first.Backward(false);
  ForEachThreadCount([&] {
    Arrays<float> a(kRows, kN, 0);
    a.Forward(1e-5);
    a.Backward(false);
    EXPECT_TRUE(SameBits(a.y.data(), first.y.data(), kRows * kN));
    EXPECT_TRUE(SameBits(a.dx.data(), first.dx.data(), kRows * kN));
    EXPECT_TRUE(SameBits(a.dweight.data(), first.dweight.data(), kN));
  });
  for (size_t row = 0; row < kRows; row += 100) {
    float y[kN], rrms;
    kernels::RmsNorm(first.x.data() + row * kN, first.weight.data(), 1,
                     static_cast<int64_t>(kN), 1e-5, y, &rrms);
    EXPECT_TRUE(SameBits(y, first.y.data() + row * kN, kN));
  }
}

}  // namespace
}  // namespace hairpin
