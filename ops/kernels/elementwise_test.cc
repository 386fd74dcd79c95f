// Unary kernels, those of the logistic function and GELU: lengths, alignment, aliasing, accumulation, threads.
#include <algorithm>
#include <cmath>

#include "gtest/gtest.h"
#include "ops/kernels/gelu.h"
#include "ops/kernels/pow.h"
#include "ops/kernels/sigmoid.h"
#include "ops/kernels/target_test_util.h"
#include "ops/kernels/unary.h"

namespace hairpin {
namespace {

template <typename T>
struct UnaryCase {
  const char* name;
  void (*forward)(const T*, int64_t, T*);
  void (*backward)(const T*, const T*, int64_t, bool, T*);
  bool saves_output;
  double low, high;
  double ulps;            // of f
  double backward_ulps;   // of f', relative to the largest term of it
  long double (*f)(long double x);
  long double (*df)(long double x);
};

long double Phi(long double x) { return std::erfc(-x * 0.70710678118654752440L) / 2; }

long double Logistic(long double x) { return 1 / (1 + std::exp(-x)); }
long double SiluSlope(long double x) { return Logistic(x) * (1 + x * Logistic(-x)); }

constexpr long double kGeluC1 = 2 * 0.79788456080286535588L, kGeluC3 = 0.044715L * kGeluC1;
long double GeluTanhGate(long double x) { return Logistic(kGeluC1 * x + kGeluC3 * x * x * x); }
long double GeluTanhSlope(long double x) {
  const long double s = GeluTanhGate(x);
  return s * (1 + x * (1 - s) * (kGeluC1 + 3 * kGeluC3 * x * x));
}

// Powers of x as functions without an exponent; in twentieths, which a template takes.
template <typename T, int kTwentieths>
void Power(const T* x, int64_t n, T* y) {
  kernels::Pow(x, kTwentieths / 20.0, n, y);
}
template <typename T, int kTwentieths>
void PowerBackward(const T* x, const T* dy, int64_t n, bool accumulate, T* dx) {
  kernels::PowBackward(x, dy, kTwentieths / 20.0, n, accumulate, dx);
}
template <typename T, int kTwentieths>
UnaryCase<T> PowerCase(const char* name, double low) {
  using L = long double;
  // The exponent as T has it.
  static constexpr T kExponent = static_cast<T>(kTwentieths / 20.0);
  return {name, Power<T, kTwentieths>, PowerBackward<T, kTwentieths>, false, low, 3, 4, 5,
          [](L x) { return std::pow(x, static_cast<L>(kExponent)); },
          [](L x) {
            return kExponent * std::pow(x, static_cast<L>(kExponent) - 1);
          }};
}

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
      {"gelu", kernels::Gelu<T>, kernels::GeluBackward<T>, false, -2, 4, 10, 2000,
       [](L x) { return x * Phi(x); },
       [](L x) { return Phi(x) + x * std::exp(-x * x / 2) * 0.39894228040143267794L; }},
      {"sigmoid", kernels::Sigmoid<T>, kernels::SigmoidBackward<T>, true, -20, 4, 3, 100,
       Logistic, [](L x) { return Logistic(x) * Logistic(-x); }},
      // Right and left of the zero of the slope.
      {"silu", kernels::Silu<T>, kernels::SiluBackward<T>, false, -1, 6, 3, 12,
       [](L x) { return x * Logistic(x); }, SiluSlope},
      {"silu, left", kernels::Silu<T>, kernels::SiluBackward<T>, false, -20, -1.6, 3, 12,
       [](L x) { return x * Logistic(x); }, SiluSlope},
      // 1 - s has the rounding of s near 1, times x 2u', up to 90.
      {"gelu_tanh", kernels::GeluTanh<T>, kernels::GeluTanhBackward<T>, false, -0.5, 6, 5, 60,
       [](L x) { return x * GeluTanhGate(x); }, GeluTanhSlope},
      // exp(2u) has the error of 2u, up to 18 there, times 2u.
      {"gelu_tanh, left", kernels::GeluTanh<T>, kernels::GeluTanhBackward<T>, false, -5, -1, 30,
       60, [](L x) { return x * GeluTanhGate(x); }, GeluTanhSlope},
      PowerCase<T, 60>("pow 3", -3),
      PowerCase<T, -40>("pow -2", -3),
      PowerCase<T, 10>("pow 1/2", 0.1),
      PowerCase<T, -70>("pow -7/2", 0.1),
      PowerCase<T, 25>("pow 5/4", 0.1),
      PowerCase<T, 100>("pow 5", -3),
  };
}

template <typename T>
void CheckValues(const UnaryCase<T>& c, size_t n, size_t offset) {
  SCOPED_TRACE(::testing::Message() << c.name << " n " << n << " offset " << offset);
  const int64_t count = static_cast<int64_t>(n);
  MisalignedArray<T> x(n, offset), y(n, offset + 1), dy(n, offset), dx(n, offset + 2);
  FillRandom(x, c.low, c.high, 1);
  FillRandom(dy, 0.5, 1.5, 2);
  c.forward(x.data(), count, y.data());
  const T* saved = c.saves_output ? y.data() : x.data();
  c.backward(saved, dy.data(), count, false, dx.data());
  for (size_t i = 0; i < n; ++i) {
    EXPECT_LE(UlpDistance(y[i], c.f(x[i])), c.ulps) << "x " << x[i] << " y " << y[i];
    EXPECT_LE(UlpDistance(dx[i], c.df(x[i]) * dy[i]), c.backward_ulps + 1) << "x " << x[i];
  }
  ASSERT_TRUE(y.Intact() && dx.Intact());
  // Accumulating adds exactly that.
  MisalignedArray<T> sum(n, offset);
  FillRandom(sum, -1, 1, 3);
  std::vector<T> expected(n);
  for (size_t i = 0; i < n; ++i) expected[i] = sum[i] + dx[i];
  c.backward(saved, dy.data(), count, true, sum.data());
  EXPECT_TRUE(SameBits(sum.data(), expected.data(), n) && sum.Intact());
  // In place: over dy, and y over x.
  c.backward(saved, dy.data(), count, false, dy.data());
  EXPECT_TRUE(SameBits(dy.data(), dx.data(), n));
  MisalignedArray<T> z = x;
  c.forward(z.data(), count, z.data());
  EXPECT_TRUE(SameBits(z.data(), y.data(), n));
  // An element alone has the bits that it has among others.
  for (size_t i = 0; i < n; ++i) {
    T alone;
    c.forward(x.data() + i, 1, &alone);
    EXPECT_TRUE(SameBits(&alone, &y[i], 1));
  }
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (const UnaryCase<T>& c : Cases<T>()) {
      for (size_t n = 0; n <= LongestTail<T>(); ++n) CheckValues(c, n, n % 5);
    }
  });
}

TEST(Unary, Float32) { CheckAll<float>(); }
TEST(Unary, Float64) { CheckAll<double>(); }

template <typename T>
void CheckThreads() {
  constexpr size_t kN = 70'001;
  for (const UnaryCase<T>& c : Cases<T>()) {
    MisalignedArray<T> x(kN, 0), y(kN, 0), first(kN, 0);
    FillRandom(x, c.low, c.high, 1);
    c.forward(x.data(), kN, first.data());
    ForEachThreadCount([&] {
      c.forward(x.data(), kN, y.data());
      EXPECT_TRUE(SameBits(y.data(), first.data(), kN)) << c.name;
    });
  }
}

TEST(Unary, ThreadsFloat32) { CheckThreads<float>(); }
TEST(Unary, ThreadsFloat64) { CheckThreads<double>(); }

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

// Where the derivative is p x^(p - 1) with p = 0, and powers that don't exist.
TEST(Unary, PowersOfZeroAndOfNegativeNumbers) {
  ForEachTarget([](const char*) {
    const double x[] = {0, -2}, dy[] = {1, 1};
    double y[2];
    kernels::Pow(x, 0.0, 2, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 1);
    kernels::PowBackward(x, dy, 0.0, 2, false, y);
    EXPECT_TRUE(y[0] == 0 && y[1] == 0);
    kernels::PowBackward(x, dy, 1.0, 2, false, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 1);
    kernels::Pow(x, -1.0, 2, y);
    EXPECT_TRUE(std::isinf(y[0]) && y[1] == -0.5);
    for (const double exponent : {0.5, -1.5, 0.3}) {
      kernels::Pow(x, exponent, 2, y);
      EXPECT_TRUE(std::isnan(y[1])) << exponent;
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
    kernels::Gelu(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == inf);
    kernels::Exp(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == inf && y[2] == 0);
    kernels::Sigmoid(x, 3, y);
    EXPECT_TRUE(std::isnan(y[0]) && y[1] == 1 && y[2] == 0);
    // Where x^3 would be infinite the slope is still that of x.
    const float large[] = {1e30f, -1e30f}, ones[] = {1, 1};
    kernels::GeluTanhBackward(large, ones, 2, false, y);
    EXPECT_TRUE(y[0] == 1 && y[1] == 0);
  });
}

}  // namespace
}  // namespace hairpin
