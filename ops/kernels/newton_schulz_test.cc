// The steps against plain loops over the formulas of the header in long double.
#include "ops/kernels/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using L = long double;

// A matrix with rows, columns and elements.
struct Matrix {
  Matrix(size_t r, size_t c) : rows(r), columns(c), values(r * c) {}
  L& at(size_t i, size_t j) { return values[i * columns + j]; }
  L at(size_t i, size_t j) const { return values[i * columns + j]; }
  size_t rows, columns;
  std::vector<L> values;
};

Matrix Transposed(const Matrix& a) {
  Matrix t(a.columns, a.rows);
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t j = 0; j < a.columns; ++j) t.at(j, i) = a.at(i, j);
  }
  return t;
}

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t k = 0; k < a.columns; ++k) {
      for (size_t j = 0; j < b.columns; ++j) c.at(i, j) += a.at(i, k) * b.at(k, j);
    }
  }
  return c;
}

Matrix PlainNewtonSchulz(Matrix x, const kernels::NewtonSchulzOptions& o) {
  if (x.rows > x.columns) return Transposed(PlainNewtonSchulz(Transposed(x), o));
  L squares = 0;
  for (const L value : x.values) squares += value * value;
  const L norm = std::max<L>(std::sqrt(squares), o.epsilon);
  for (L& value : x.values) value /= norm;
  for (int step = 0; step < o.steps; ++step) {
    const Matrix A = Product(x, Transposed(x)), AA = Product(A, A);
    Matrix B(x.rows, x.rows);
    for (size_t i = 0; i < B.values.size(); ++i) {
      B.values[i] = o.b * A.values[i] + o.c * AA.values[i];
    }
    const Matrix BX = Product(B, x);
    for (size_t i = 0; i < x.values.size(); ++i) x.values[i] = o.a * x.values[i] + BX.values[i];
  }
  return x;
}

template <typename T>
void Orthogonalize(size_t m, size_t n, const kernels::NewtonSchulzOptions& options, T* x) {
  const int64_t rows = static_cast<int64_t>(m), columns = static_cast<int64_t>(n);
  MisalignedArray<char> workspace(
      static_cast<size_t>(kernels::NewtonSchulzWorkspaceBytes(rows, columns, sizeof(T))), 0);
  kernels::NewtonSchulz(rows, columns, options, x, workspace.data());
  EXPECT_TRUE(workspace.Intact());
}

template <typename T>
void Check(size_t m, size_t n, const kernels::NewtonSchulzOptions& options) {
  SCOPED_TRACE(::testing::Message() << m << " x " << n << ", steps " << options.steps);
  MisalignedArray<T> x(m * n, 1);
  FillRandom(x, -1, 1, 1);
  Matrix start(m, n);
  std::copy_n(x.data(), m * n, start.values.begin());
  const Matrix expected = PlainNewtonSchulz(start, options);
  Orthogonalize(m, n, options, x.data());
  for (size_t i = 0; i < m * n; ++i) {
    // Each step multiplies what rounding did to the smallest singular values by up to 3.4.
    EXPECT_NEAR(x[i], static_cast<double>(expected.values[i]),
                1000 * std::numeric_limits<T>::epsilon());
  }
  EXPECT_TRUE(x.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (const auto& [m, n] : {std::pair<size_t, size_t>{1, 1}, {1, 7}, {7, 1}, {3, 5}, {5, 3},
                               {17, 17}, {6, 40}, {40, 6}}) {
      for (const int steps : {0, 1, 2, 5}) Check<T>(m, n, {.steps = steps});
      Check<T>(m, n, {.steps = 3, .a = 1.5, .b = -0.5, .c = 0.25});
    }
  });
}

TEST(NewtonSchulz, Float32) { CheckAll<float>(); }
TEST(NewtonSchulz, Float64) { CheckAll<double>(); }

// A rotation times 1, 0.5, 0.01: afterwards the three are close to 1 and the directions stay.
TEST(NewtonSchulz, SingularValuesComeCloseToOne) {
  const double c = 0.6, s = 0.8;
  double x[] = {c, -s * 0.5, 0, s, c * 0.5, 0, 0, 0, 0.01};
  Orthogonalize(3, 3, {}, x);
  for (const double length : {std::hypot(x[0], x[3]), std::hypot(x[1], x[4]), x[8]}) {
    EXPECT_GT(length, 0.68);
    EXPECT_LT(length, 1.21);
  }
  EXPECT_NEAR(x[0] * x[1] + x[3] * x[4], 0, 1e-12);
  EXPECT_NEAR(x[3] / x[0], s / c, 1e-12);
}

TEST(NewtonSchulz, NothingStaysNothingAndNanStays) {
  double zeros[6] = {};
  Orthogonalize(2, 3, {}, zeros);
  for (const double value : zeros) EXPECT_EQ(value, 0);
  double bad[] = {1, std::numeric_limits<double>::quiet_NaN(), 2, 3};
  Orthogonalize(2, 2, {}, bad);
  for (const double value : bad) EXPECT_TRUE(std::isnan(value));
}

TEST(NewtonSchulz, AnyNumberOfThreadsGivesTheSameBits) {
  constexpr size_t kRows = 130, kColumns = 200;
  MisalignedArray<float> start(kRows * kColumns, 0), one(kRows * kColumns, 0);
  FillRandom(start, -1, 1, 1);
  std::copy_n(start.data(), start.size(), one.data());
  Orthogonalize(kRows, kColumns, {}, one.data());
  ForEachThreadCount([&] {
    MisalignedArray<float> x(kRows * kColumns, 0);
    std::copy_n(start.data(), start.size(), x.data());
    Orthogonalize(kRows, kColumns, {}, x.data());
    EXPECT_TRUE(SameBits(x.data(), one.data(), x.size()));
  });
}

}  // namespace
}  // namespace hairpin
