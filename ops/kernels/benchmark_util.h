// Counters for benchmarks: how fast, and what part of the machine's peak that is.
//
//   void BM_Tanh(benchmark::State& state) {
//     const ThreadsForBenchmark threads(state.range(0));
//     for (auto _ : state) Tanh(x, n, y);
//     SetBytesCounters(state, 2.0 * n * sizeof(float));
//   }
//   BENCHMARK(BM_Tanh)->Apply(OneAndAllThreads);
//
// A benchmark that links this has its main from here. It measures what the machine can do with one
// thread and with all cores, and says so in the context: above the rows, and under "context" with
// --benchmark_format=json, where numbers are strings ("peak_2_threads_float32_GFLOP/s": "198.1").
#ifndef HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_
#define HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_

#include <cstdint>
#include <string>
#include <vector>

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

// A folder of its own for a benchmark's files, gone with it.
class FolderForBenchmark {
 public:
  FolderForBenchmark();
  ~FolderForBenchmark();
  FolderForBenchmark(const FolderForBenchmark&) = delete;
  FolderForBenchmark& operator=(const FolderForBenchmark&) = delete;
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A row with one thread and one with as many as there are cores, in real time, 0.1 s each.
void OneAndAllThreads(benchmark::internal::Benchmark* benchmark);

// n numbers from -1.5 to 1.5 that no branch or cache can guess at.
std::vector<float> NumbersForBenchmark(int64_t n);

// The peak of NumThreads() threads, measured when it is first asked for.
const MachinePeak& PeakForBenchmark();

// flops: floating-point operations of one iteration, on elements of element_bytes; compared with
// multiply-adds on registers. Call these after the loop, with the threads of the loop.
void SetFlopsCounters(benchmark::State& state, double flops, int64_t element_bytes = 4);

// bytes: read and written by one iteration; compared with the reading of memory. Above 100 % are
// data that stay in a cache.
void SetBytesCounters(benchmark::State& state, double bytes);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_BENCHMARK_UTIL_H_
