#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/reduce.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kRows = 512, kF = 768;    // inside the feed-forward
constexpr int64_t kParameters = 4'498'880;  // the flagship's

// The gradient of a bias: x read.
void BM_SumOverRows(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kRows * kF);
  std::vector<float> y(kF);
  for (auto _ : state) {
    SumToShape(x.data(), {kRows, kF}, 1, /*accumulate=*/false, y.data(), {kF});
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, double{kRows * kF} * sizeof(float));
}
BENCHMARK(BM_SumOverRows)->Apply(OneAndAllThreads);

// What the norm of all gradients is made of: x read.
void BM_SumOfSquares(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kParameters);
  for (auto _ : state) benchmark::DoNotOptimize(SumOfSquares(x.data(), kParameters));
  SetBytesCounters(state, double{kParameters} * sizeof(float));
}
BENCHMARK(BM_SumOfSquares)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
