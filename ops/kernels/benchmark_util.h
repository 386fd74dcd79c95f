// Counters for benchmarks: how fast, and what part of the machine's peak that is.
//
//   void BM_Tanh(benchmark::State& state) {
//     const ThreadsForBenchmark threads(state.range(1));
//     for (auto _ : state) Tanh(x, n, y);
//     SetBytesCounters(state, 2.0 * n * sizeof(float));
//   }
//
// The peak of a number of threads is measured when it is first asked for.
#ifndef HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_
#define HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_

#include <cstdint>
#include <map>

#include "benchmark/benchmark.h"
#include "ops/kernels/machine_peak.h"
#include "tensor/thread_pool.h"

namespace hairpin {

// Runs a benchmark's body with n threads.
class ThreadsForBenchmark {
 public:
  explicit ThreadsForBenchmark(int64_t n) : before_(NumThreads()) {
    SetNumThreads(static_cast<int>(n));
  }
  ~ThreadsForBenchmark() { SetNumThreads(before_); }
  ThreadsForBenchmark(const ThreadsForBenchmark&) = delete;
  ThreadsForBenchmark& operator=(const ThreadsForBenchmark&) = delete;

 private:
  int before_;
};

// The peak of NumThreads() threads.
inline const MachinePeak& PeakForBenchmark() {
  static auto* peaks = new std::map<int, MachinePeak>;
  const int threads = NumThreads();
  auto found = peaks->find(threads);
  if (found == peaks->end()) {
    found = peaks->emplace(threads, MeasureMachinePeak(threads)).first;
  }
  return found->second;
}

// Shows `amount` an iteration as a rate in units of 1e9 a second under `name`, beside `peak_name`
// (1e9 a second too). Call it after the loop, with the threads of the loop.
inline void SetRateCounters(benchmark::State& state, const char* name, double amount,
                            const char* peak_name, double peak) {
  using benchmark::Counter;
  state.counters[name] = Counter(amount * 1e-9, Counter::kIsIterationInvariantRate);
  state.counters[peak_name] = Counter(peak * 1e-9);
  state.counters["%peak"] = Counter(100 * amount / peak, Counter::kIsIterationInvariantRate);
}

// flops: floating-point operations of one iteration, on elements of element_bytes.
inline void SetFlopsCounters(benchmark::State& state, double flops, int64_t element_bytes = 4) {
  const MachinePeak& peak = PeakForBenchmark();
  SetRateCounters(state, "GFLOP/s", flops, "peak_GFLOP/s",
                  element_bytes == 8 ? peak.float64_flops : peak.float32_flops);
}

// bytes: read and written by one iteration; compared with the reading of memory.
inline void SetBytesCounters(benchmark::State& state, double bytes) {
  SetRateCounters(state, "GB/s", bytes, "peak_GB/s", PeakForBenchmark().read_bytes);
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_
