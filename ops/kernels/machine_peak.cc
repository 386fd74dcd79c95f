#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/machine_peak.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hwy/aligned_allocator.h"
#include "hwy/highway.h"
#include "ops/kernels/machine_peak.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// Two units of latency 4 need 8 chains; a register is left for each factor.
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
constexpr size_t kChains = 28;
#else
constexpr size_t kChains = 12;
#endif

template <class D, class V, size_t... I>
HWY_INLINE void Chains(D d, int64_t steps, V* HWY_RESTRICT sums, std::index_sequence<I...>) {
  using T = hn::TFromD<D>;
  ((sums[I] = hn::Set(d, static_cast<T>(I + 1))), ...);
  const V factor = hn::Set(d, static_cast<T>(0.999)), term = hn::Set(d, static_cast<T>(0.001));
  for (int64_t step = 0; step < steps; ++step) {
    ((sums[I] = hn::MulAdd(sums[I], factor, term)), ...);
  }
}

// Returns the operations done; what it computed goes to *sink, so that it has to be computed.
template <class T>
double MultiplyAdds(int64_t steps, T* sink) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  V sums[kChains];
  Chains(d, steps, sums, std::make_index_sequence<kChains>());
  V total = sums[0];
  for (size_t i = 1; i < kChains; ++i) total = hn::Add(total, sums[i]);
  *sink = hn::GetLane(total);
  return 2.0 * static_cast<double>(steps) * kChains * static_cast<double>(hn::Lanes(d));
}

double MultiplyAddsFloat32(int64_t steps, float* sink) { return MultiplyAdds(steps, sink); }
double MultiplyAddsFloat64(int64_t steps, double* sink) { return MultiplyAdds(steps, sink); }

// All sizes are multiples of kFloatsAtOnce.
constexpr size_t kSums = 8;  // so that the additions' latency isn't what is measured

template <class D, size_t... I>
HWY_INLINE float Sum(D d, const float* from, int64_t size, std::index_sequence<I...>) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<D> sums[kSums] = {(static_cast<void>(I), hn::Zero(d))...};
  for (int64_t i = 0; i < size; i += int64_t{kSums} * lanes) {
    ((sums[I] = hn::Add(sums[I], hn::LoadU(d, from + i + int64_t{I} * lanes))), ...);
  }
  for (size_t i = 1; i < kSums; ++i) sums[0] = hn::Add(sums[0], sums[i]);
  return hn::GetLane(sums[0]);
}

float ReadAll(const float* from, int64_t size) {
  return Sum(hn::ScalableTag<float>(), from, size, std::make_index_sequence<kSums>());
}

void WriteAll(float value, float* to, int64_t size) {
  const hn::ScalableTag<float> d;
  const auto v = hn::Set(d, value);
  for (int64_t i = 0; i < size; i += static_cast<int64_t>(hn::Lanes(d))) hn::StoreU(v, d, to + i);
}

void CopyAll(const float* HWY_RESTRICT from, float* HWY_RESTRICT to, int64_t size) {
  const hn::ScalableTag<float> d;
  for (int64_t i = 0; i < size; i += static_cast<int64_t>(hn::Lanes(d))) {
    hn::StoreU(hn::LoadU(d, from + i), d, to + i);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(MultiplyAddsFloat32);
HWY_EXPORT(MultiplyAddsFloat64);
HWY_EXPORT(ReadAll);
HWY_EXPORT(WriteAll);
HWY_EXPORT(CopyAll);

namespace {

constexpr int64_t kSteps = 400'000;
constexpr int64_t kFloats = int64_t{16} << 20;
constexpr int64_t kCacheFloats = int64_t{32} << 10;
constexpr int64_t kFloatsAtOnce = 128;  // eight of the widest vectors

// Work a second, best of five runs or of those that fit into `least` seconds if they are
// more; work(worker) returns how much it did.
template <class Work>
double BestRate(int threads, double least, const Work& work) {
  double best = 0;
  std::vector<double> done(threads);
  const auto first = std::chrono::steady_clock::now();
  const std::chrono::duration<double> time(least);
  for (int run = 0; run < 5 || std::chrono::steady_clock::now() - first < time; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    ParallelFor(threads, [&](int64_t block, int) { done[block] = work(block); });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    double sum = 0;
    for (double part : done) sum += part;
    best = std::max(best, sum / seconds.count());
  }
  return best;
}

}  // namespace

MachinePeak MeasureMultiplyAdds(int threads, double seconds) {
  const int threads_before = NumThreads();
  SetNumThreads(threads);
  MachinePeak peak = {.threads = threads};
  std::vector<float> sink(threads);
  const auto burst = [&](int64_t i) {
    return HWY_DYNAMIC_DISPATCH(MultiplyAddsFloat32)(kSteps, &sink[i]);
  };
  peak.float32_flops = BestRate(threads, seconds, burst);
  SetNumThreads(threads_before);
  return peak;
}

MachinePeak MeasureMachinePeak(int threads, double seconds) {
  MachinePeak peak = MeasureMultiplyAdds(threads, seconds);
  const int threads_before = NumThreads();
  SetNumThreads(threads);
  std::vector<float> sink32(threads);
  std::vector<double> sink64(threads);
  peak.float64_flops = BestRate(threads, seconds, [&](int64_t i) {
    return HWY_DYNAMIC_DISPATCH(MultiplyAddsFloat64)(kSteps, &sink64[i]);
  });
  // Aligned, or each vector as wide as a line of the cache would take two.
  const auto memory = hwy::AllocateAligned<float>(kFloats);
  const int64_t part = kFloats / threads / kFloatsAtOnce * kFloatsAtOnce;
  const int64_t half = part / 2 / kFloatsAtOnce * kFloatsAtOnce;
  const auto bytes = [](int64_t floats) { return static_cast<double>(floats) * sizeof(float); };
  peak.write_bytes = BestRate(threads, seconds, [&](int64_t i) {
    HWY_DYNAMIC_DISPATCH(WriteAll)(1.0f, memory.get() + i * part, part);
    return bytes(part);
  });
  peak.read_bytes = BestRate(threads, seconds, [&](int64_t i) {
    sink32[i] = HWY_DYNAMIC_DISPATCH(ReadAll)(memory.get() + i * part, part);
    return bytes(part);
  });
  peak.copy_bytes = BestRate(threads, seconds, [&](int64_t i) {
    float* const from = memory.get() + i * part;
    HWY_DYNAMIC_DISPATCH(CopyAll)(from, from + half, half);
    return bytes(2 * half);
  });
  const int64_t cached = std::min(part, kCacheFloats);
  peak.cache_bytes = BestRate(threads, seconds, [&](int64_t i) {
    constexpr int kPasses = 100;
    float sum = 0;
    for (int pass = 0; pass < kPasses; ++pass) {
      sum += HWY_DYNAMIC_DISPATCH(ReadAll)(memory.get() + i * part, cached);
    }
    sink32[i] = sum;
    return kPasses * bytes(cached);
  });
  SetNumThreads(threads_before);
  return peak;
}

}  // namespace hairpin
#endif  // HWY_ONCE
