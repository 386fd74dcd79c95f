#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/copy.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kSmall = 8 * 64 * 192;       // a sublayer's output
constexpr int64_t kLarge = int64_t{4} << 20;  // beyond most second-level caches

// x read, y written.
void BM_Copy(benchmark::State& state, int64_t n) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(n);
  std::vector<float> y(n);
  for (auto _ : state) {
    Copy(x.data(), n, /*accumulate=*/false, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * static_cast<double>(n) * sizeof(float));
}
BENCHMARK_CAPTURE(BM_Copy, small, kSmall)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Copy, large, kLarge)->Apply(OneAndAllThreads);

// y written.
void BM_Fill(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  std::vector<float> y(kLarge);
  for (auto _ : state) {
    Fill(0.0f, kLarge, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, double{kLarge} * sizeof(float));
}
BENCHMARK(BM_Fill)->Apply(OneAndAllThreads);

// [B, T, H, D] to [B, H, T, D]: x read, y written.
void BM_Permute(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kSmall);
  std::vector<float> y(kSmall);
  const int axes[] = {0, 2, 1, 3};
  for (auto _ : state) {
    Permute(x.data(), {8, 64, 4, 48}, axes, /*accumulate=*/false, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * kSmall * sizeof(float));
}
BENCHMARK(BM_Permute)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
