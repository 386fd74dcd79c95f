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

// Four sums, so that the additions' latency isn't what is measured. size: a multiple of 64 floats.
float ReadAll(const float* from, int64_t size) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (int64_t i = 0; i < size; i += 4 * lanes) {
    s0 = hn::Add(s0, hn::LoadU(d, from + i));
    s1 = hn::Add(s1, hn::LoadU(d, from + i + lanes));
    s2 = hn::Add(s2, hn::LoadU(d, from + i + 2 * lanes));
    s3 = hn::Add(s3, hn::LoadU(d, from + i + 3 * lanes));
  }
  return hn::GetLane(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

void WriteAll(float value, float* to, int64_t size) {
  const hn::ScalableTag<float> d;
  const auto v = hn::Set(d, value);
  for (int64_t i = 0; i < size; i += static_cast<int64_t>(hn::Lanes(d))) hn::StoreU(v, d, to + i);
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

namespace {

constexpr int64_t kSteps = 400'000;

// Work a second, best of five runs or of those that fit into `least` seconds if they are
// more; work(worker) returns how much it did.
template <class Work>
double BestRate(int threads, const Work& work, double least = 0) {
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
  peak.float32_flops = BestRate(threads, burst, seconds);
  SetNumThreads(threads_before);
  return peak;
}

MachinePeak MeasureMachinePeak(int threads) {
  constexpr int64_t kFloats = int64_t{16} << 20;
  MachinePeak peak = MeasureMultiplyAdds(threads, /*seconds=*/0);
  const int threads_before = NumThreads();
  SetNumThreads(threads);
  std::vector<float> sink32(threads);
  std::vector<double> sink64(threads);
  peak.float64_flops = BestRate(threads, [&](int64_t i) {
    return HWY_DYNAMIC_DISPATCH(MultiplyAddsFloat64)(kSteps, &sink64[i]);
  });
  std::vector<float> memory(kFloats);
  const int64_t part = kFloats / threads / 64 * 64;
  peak.write_bytes = BestRate(threads, [&](int64_t i) {
    HWY_DYNAMIC_DISPATCH(WriteAll)(1.0f, memory.data() + i * part, part);
    return static_cast<double>(part) * sizeof(float);
  });
  peak.read_bytes = BestRate(threads, [&](int64_t i) {
    sink32[i] = HWY_DYNAMIC_DISPATCH(ReadAll)(memory.data() + i * part, part);
    return static_cast<double>(part) * sizeof(float);
  });
  SetNumThreads(threads_before);
  return peak;
}

}  // namespace hairpin
#endif  // HWY_ONCE
