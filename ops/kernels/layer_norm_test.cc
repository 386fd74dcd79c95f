#include "ops/kernels/layer_norm.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

// Everything that the kernels take and give, with guards around it.
template <typename T>
struct Arrays {
  Arrays(size_t rows_, size_t n_, size_t offset)
      : rows(rows_), n(n_), x(rows_ * n_, offset), weight(n_, offset + 1), bias(n_, offset),
        y(rows_ * n_, offset + 2), mean(rows_, 1), rstd(rows_, 2), dy(rows_ * n_, offset),
        dx(rows_ * n_, offset + 1), dweight(n_, offset), dbias(n_, offset + 1) {
    FillRandom(x, -2, 4, 1);
    FillRandom(weight, 0.5, 2, 2);
    FillRandom(bias, -1, 1, 3);
    FillRandom(dy, -1, 1, 4);
  }
  void Forward() {
    kernels::LayerNorm(x.data(), weight.data(), bias.data(), Rows(), N(), 1e-5, y.data(),
                       mean.data(), rstd.data());
  }
  void Backward(bool accumulate) {
    kernels::LayerNormBackward(x.data(), weight.data(), mean.data(), rstd.data(), dy.data(),
                               Rows(), N(), accumulate, dx.data());
    kernels::LayerNormBackwardParameters(x.data(), mean.data(), rstd.data(), dy.data(), Rows(),
                                         N(), accumulate, dweight.data(), accumulate,
                                         dbias.data());
  }
  int64_t Rows() const { return static_cast<int64_t>(rows); }
  int64_t N() const { return static_cast<int64_t>(n); }
  bool Intact() const {
    return y.Intact() && mean.Intact() && rstd.Intact() && dx.Intact() && dweight.Intact() &&
           dbias.Intact();
  }

  size_t rows, n;
  MisalignedArray<T> x, weight, bias, y, mean, rstd, dy, dx, dweight, dbias;
};

template <typename T>
void Check(size_t rows, size_t n, size_t offset) {
  SCOPED_TRACE(::testing::Message() << rows << " rows of " << n);
  using L = long double;
  Arrays<T> a(rows, n, offset);
  a.Forward();
  a.Backward(false);
  const double tolerance = 40 * std::numeric_limits<T>::epsilon();
  std::vector<L> dweight(n), dbias(n);
  for (size_t row = 0; row < rows; ++row) {
    const T* x = a.x.data() + row * n;
    const T* dy = a.dy.data() + row * n;
    L mean = 0, variance = 0;
    for (size_t i = 0; i < n; ++i) mean += x[i];
    mean /= n;
    for (size_t i = 0; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
    const L r = 1 / std::sqrt(variance / n + 1e-5L);
    EXPECT_NEAR(a.mean[row], static_cast<double>(mean), tolerance);
    EXPECT_NEAR(a.rstd[row] / static_cast<double>(r), 1, tolerance);
    L mean_g = 0, mean_gx = 0;
    for (size_t i = 0; i < n; ++i) {
      const L xhat = (x[i] - mean) * r, g = static_cast<L>(dy[i]) * a.weight[i];
      mean_g += g / n;
      mean_gx += g * xhat / n;
      dweight[i] += dy[i] * xhat;
      dbias[i] += dy[i];
      EXPECT_NEAR(a.y[row * n + i], static_cast<double>(xhat * a.weight[i] + a.bias[i]),
                  tolerance * static_cast<double>(r + 1));
    }
    for (size_t i = 0; i < n; ++i) {
      const L xhat = (x[i] - mean) * r, g = static_cast<L>(dy[i]) * a.weight[i];
      EXPECT_NEAR(a.dx[row * n + i], static_cast<double>(r * (g - mean_g - xhat * mean_gx)),
                  tolerance * static_cast<double>(r * (r + 1)));
    }
  }
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(a.dweight[i], static_cast<double>(dweight[i]), tolerance * rows * 4);
    EXPECT_NEAR(a.dbias[i], static_cast<double>(dbias[i]), tolerance * rows);
  }
  ASSERT_TRUE(a.Intact());

  // Accumulating adds exactly the same; in place gives the same bits.
  Arrays<T> twice = a;
  twice.Backward(true);
  const auto expect_twice = [](const MisalignedArray<T>& two, const MisalignedArray<T>& one) {
    for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(two[i], one[i] + one[i]);
  };
  expect_twice(twice.dx, a.dx);
  expect_twice(twice.dweight, a.dweight);
  expect_twice(twice.dbias, a.dbias);
  kernels::LayerNormBackward(a.x.data(), a.weight.data(), a.mean.data(), a.rstd.data(),
                             a.dy.data(), a.Rows(), a.N(), false, a.dy.data());
  EXPECT_TRUE(SameBits(a.dy.data(), a.dx.data(), rows * n));
  kernels::LayerNorm(a.x.data(), a.weight.data(), a.bias.data(), a.Rows(), a.N(), 1e-5,
                     a.x.data(), a.mean.data(), a.rstd.data());
  EXPECT_TRUE(SameBits(a.x.data(), a.y.data(), rows * n));
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (size_t n = 2; n <= LongestTail<T>(); ++n) Check<T>(3, n, n % 4);
    Check<T>(70, 97, 1);
    Check<T>(0, 5, 0);
  });
}

TEST(LayerNorm, Float32) { CheckAll<float>(); }
TEST(LayerNorm, Float64) { CheckAll<double>(); }

// Of one column, and of equal numbers, the variance is exactly 0.
TEST(LayerNorm, NoVariance) {
  ForEachTarget([](const char*) {
    for (const size_t n : {1, 7, 192}) {
      Arrays<float> a(2, n, 0);
      for (size_t i = 0; i < 2 * n; ++i) a.x[i] = 1234.567f;
      a.Forward();
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(a.y[i], a.bias[i]);
      a.Backward(false);
      for (size_t i = 0; i < n; ++i) EXPECT_EQ(a.dweight[i], 0);
    }
  });
}

TEST(LayerNorm, ThreadsAndRowsAlone) {
  constexpr size_t kRows = 517, kN = 192;
  Arrays<float> first(kRows, kN, 0);
  first.Forward();
  first.Backward(false);
  ForEachThreadCount([&] {
    Arrays<float> a(kRows, kN, 0);
    a.Forward();
    a.Backward(false);
    EXPECT_TRUE(SameBits(a.y.data(), first.y.data(), kRows * kN));
    EXPECT_TRUE(SameBits(a.dx.data(), first.dx.data(), kRows * kN));
    EXPECT_TRUE(SameBits(a.dweight.data(), first.dweight.data(), kN));
    EXPECT_TRUE(SameBits(a.dbias.data(), first.dbias.data(), kN));
  });
  for (size_t row = 0; row < kRows; row += 100) {
    float y[kN], mean, rstd;
    kernels::LayerNorm(first.x.data() + row * kN, first.weight.data(), first.bias.data(), 1,
                       static_cast<int64_t>(kN), 1e-5, y, &mean, &rstd);
    EXPECT_TRUE(SameBits(y, first.y.data() + row * kN, kN));
  }
}

TEST(LayerNorm, OneParameterGradientOnly) {
  Arrays<double> a(5, 9, 0);
  a.Forward();
  a.Backward(false);
  MisalignedArray<double> dweight(9, 0), dbias(9, 0);
  kernels::LayerNormBackwardParameters<double>(a.x.data(), a.mean.data(), a.rstd.data(),
                                               a.dy.data(), 5, 9, false, dweight.data(), false,
                                               nullptr);
  kernels::LayerNormBackwardParameters<double>(a.x.data(), a.mean.data(), a.rstd.data(),
                                               a.dy.data(), 5, 9, false, nullptr, false,
                                               dbias.data());
  EXPECT_TRUE(SameBits(dweight.data(), a.dweight.data(), 9));
  EXPECT_TRUE(SameBits(dbias.data(), a.dbias.data(), 9));
}

}  // namespace
}  // namespace hairpin
