// For tests of kernels: runs a body on every target that this CPU supports and
// this binary holds, and fails where a target was not really reached.
//
//   TEST(Negate, ...) {
//     ForEachTarget([&](const char* target) { EXPECT_...(...) << target; });
//   }
#ifndef HAIRPIN_OPS_KERNELS_TARGET_TEST_UTIL_H_
#define HAIRPIN_OPS_KERNELS_TARGET_TEST_UTIL_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "ops/kernels/target.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin {

// Calls body(name of target) for each; afterwards the best one is in use again.
template <class Body>
void ForEachTarget(const Body& body) {
  const std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  ASSERT_FALSE(targets.empty());
  for (const int64_t target : targets) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    SCOPED_TRACE(hwy::TargetName(target));
    ASSERT_EQ(KernelTarget(), target) << "found " << KernelTargetName();
    body(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

// |actual - expected| in units of the last place of `expected` in T; 0 where
// both are the same infinity or both NaN, infinite where only one is.
template <typename T>
double UlpDistance(T actual, long double expected) {
  const T rounded = static_cast<T>(expected);
  if (std::isnan(actual) && std::isnan(expected)) return 0;
  if (actual == rounded) {
    if (std::isinf(actual)) return 0;
  } else if (!std::isfinite(actual) || !std::isfinite(rounded)) {
    return std::numeric_limits<double>::infinity();
  }
  int exponent = std::numeric_limits<T>::min_exponent;
  if (expected != 0) {
    int e;
    std::frexp(expected, &e);
    if (e > exponent) exponent = e;
  }
  const long double ulp = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits);
  return static_cast<double>(std::fabs(static_cast<long double>(actual) - expected) / ulp);
}

// An array of n elements that starts `offset` elements after a 64-byte boundary
// and has guards around it; Intact() tells whether they still stand.
template <typename T>
class MisalignedArray {
 public:
  MisalignedArray(size_t n, size_t offset)
      : n_(n), bytes_((n + offset + 2 * kGuard) * sizeof(T) + 64, 0xA5) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(bytes_.data());
    begin_ = (64 - address % 64) % 64 + (kGuard + offset) * sizeof(T);
  }
  T* data() { return reinterpret_cast<T*>(bytes_.data() + begin_); }
  const T* data() const { return reinterpret_cast<const T*>(bytes_.data() + begin_); }
  T& operator[](size_t i) { return data()[i]; }
  const T& operator[](size_t i) const { return data()[i]; }
  size_t size() const { return n_; }
  bool Intact() const {
    for (size_t i = 0; i < bytes_.size(); ++i) {
      const bool inside = i >= begin_ && i < begin_ + n_ * sizeof(T);
      if (!inside && bytes_[i] != 0xA5) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kGuard = 64 / sizeof(T);
  size_t n_;
  std::vector<unsigned char> bytes_;
  size_t begin_ = 0;
};

// Numbers in [low, high), the same for the same seed.
template <typename T>
void FillRandom(MisalignedArray<T>& x, double low, double high, uint32_t seed) {
  const Philox philox(DeriveKey(seed, Stream::kTest));
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<T>(low + (high - low) * UniformOpenDouble(philox.At(i)[0]));
  }
}

// Calls body() with 1, 2 and 3 threads, then goes back to 1.
template <class Body>
void ForEachThreadCount(const Body& body) {
  for (const int threads : {1, 2, 3}) {
    SetNumThreads(threads);
    SCOPED_TRACE(threads);
    body();
  }
  SetNumThreads(1);
}

// The longest length to try around the ends of vectors: 2N + 1 for N lanes of
// the widest target. (HWY_MAX_BYTES would be that of the target which this
// header is compiled for: a single number's.)
template <typename T>
size_t LongestTail() {
  constexpr size_t kWidestVectorBytes = 64;
  return 2 * kWidestVectorBytes / sizeof(T) + 1;
}

// Whether the two arrays hold the same bits.
template <typename T>
bool SameBits(const T* a, const T* b, size_t n) {
  return n == 0 || std::memcmp(a, b, n * sizeof(T)) == 0;
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_TARGET_TEST_UTIL_H_
