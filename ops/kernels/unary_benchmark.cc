#include <cmath>
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/unary.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kElements = 8 * 64 * 768;  // of a micro-batch, inside the feed-forward

using Function = void (*)(const float* x, int64_t n, float* y);
using Gradient = void (*)(const float* saved, const float* dy, int64_t n, bool accumulate,
                          float* dx);

std::vector<float> PositiveNumbers() {
  std::vector<float> numbers = NumbersForBenchmark(kElements);
  for (float& x : numbers) x = std::abs(x) + 0.01f;
  return numbers;
}

// x read, y written.
void BM_Forward(benchmark::State& state, Function function) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = PositiveNumbers();
  std::vector<float> y(kElements);
  for (auto _ : state) {
    function(x.data(), kElements, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * kElements * sizeof(float));
}
BENCHMARK_CAPTURE(BM_Forward, exp, Exp<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Forward, log, Log<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Forward, sqrt, Sqrt<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Forward, tanh, Tanh<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Forward, relu, Relu<float>)->Apply(OneAndAllThreads);

// What was saved and dy read, dx written.
void BM_Backward(benchmark::State& state, Gradient gradient) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> saved = PositiveNumbers(), dy = NumbersForBenchmark(kElements);
  std::vector<float> dx(kElements);
  for (auto _ : state) {
    gradient(saved.data(), dy.data(), kElements, /*accumulate=*/false, dx.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 3.0 * kElements * sizeof(float));
}
BENCHMARK_CAPTURE(BM_Backward, exp, ExpBackward<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Backward, log, LogBackward<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Backward, sqrt, SqrtBackward<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Backward, tanh, TanhBackward<float>)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Backward, relu, ReluBackward<float>)->Apply(OneAndAllThreads);

// x read, y written.
void BM_Scale(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kElements);
  std::vector<float> y(kElements);
  for (auto _ : state) {
    Scale(x.data(), 0.5, kElements, /*accumulate=*/false, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * kElements * sizeof(float));
}
BENCHMARK(BM_Scale)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
