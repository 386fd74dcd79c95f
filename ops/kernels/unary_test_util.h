// For tests of elementwise kernels of one array: values and gradients, lengths, alignment,
// aliasing, accumulation, threads.
//
//   CheckUnaryKernel<float>({"exp", kernels::Exp<float>, ...});
#ifndef HAIRPIN_OPS_KERNELS_UNARY_TEST_UTIL_H_
#define HAIRPIN_OPS_KERNELS_UNARY_TEST_UTIL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {

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

template <typename T>
void CheckUnaryValues(const UnaryCase<T>& c, size_t n, size_t offset) {
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

// On every target and with 1 to 3 threads.
template <typename T>
void CheckUnaryKernel(const UnaryCase<T>& c) {
  ForEachTarget([&](const char*) {
    for (size_t n = 0; n <= LongestTail<T>(); ++n) CheckUnaryValues(c, n, n % 5);
  });
  constexpr size_t kN = 70'001;
  MisalignedArray<T> x(kN, 0), y(kN, 0), first(kN, 0);
  FillRandom(x, c.low, c.high, 1);
  c.forward(x.data(), kN, first.data());
  ForEachThreadCount([&] {
    c.forward(x.data(), kN, y.data());
    EXPECT_TRUE(SameBits(y.data(), first.data(), kN)) << c.name;
  });
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_UNARY_TEST_UTIL_H_
