#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/softmax.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kRows = 8 * 4 * 64, kN = 64;  // of one layer's attention, all heads
constexpr double kBytes = double{kRows * kN} * sizeof(float);

// x read, y written.
void BM_Softmax(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kRows * kN);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    Softmax(x.data(), kRows, kN, 1, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2 * kBytes);
}
BENCHMARK(BM_Softmax)->Apply(OneAndAllThreads);

// y and dy read, dx written.
void BM_SoftmaxBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> dy = NumbersForBenchmark(kRows * kN);
  std::vector<float> y(dy.size()), dx(dy.size());
  Softmax(dy.data(), kRows, kN, 1, y.data());
  for (auto _ : state) {
    SoftmaxBackward(y.data(), dy.data(), kRows, kN, 1, /*accumulate=*/false, dx.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 3 * kBytes);
}
BENCHMARK(BM_SoftmaxBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
