#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/gelu.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kElements = 8 * 64 * 768;  // of a micro-batch, inside the feed-forward

// x read, y written.
void BM_Gelu(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  std::vector<float> x(kElements, 0.7f), y(kElements);
  for (auto _ : state) {
    Gelu(x.data(), kElements, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * kElements * sizeof(float));
}
BENCHMARK(BM_Gelu)->Apply(OneAndAllThreads);

// x and dy read, dx written.
void BM_GeluBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  std::vector<float> x(kElements, 0.7f), dy(kElements, 1.0f), dx(kElements);
  for (auto _ : state) {
    GeluBackward(x.data(), dy.data(), kElements, /*accumulate=*/false, dx.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 3.0 * kElements * sizeof(float));
}
BENCHMARK(BM_GeluBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
