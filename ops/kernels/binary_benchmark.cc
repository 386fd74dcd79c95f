#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/binary.h"
#include "tensor/shape.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kRows = 512, kC = 192;  // a sublayer's output
constexpr double kBytes = double{kRows * kC} * sizeof(float);

using Function = void (*)(const float* a, const Shape& a_shape, const float* b,
                          const Shape& b_shape, bool accumulate, float* y, const Shape& y_shape);

// y = f(a, b): y and a of [512, 192], b of that or of [192], a row for all.
void BM_Binary(benchmark::State& state, Function function, bool row) {
  const ThreadsForBenchmark threads(state.range(0));
  const Shape whole = {kRows, kC}, b_shape = row ? Shape{kC} : whole;
  const std::vector<float> a = NumbersForBenchmark(kRows * kC), b(a.size(), 2.0f);
  std::vector<float> y(a.size());
  for (auto _ : state) {
    function(a.data(), whole, b.data(), b_shape, /*accumulate=*/false, y.data(), whole);
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, (row ? 2 : 3) * kBytes);
}
BENCHMARK_CAPTURE(BM_Binary, add, Add<float>, false)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Binary, add_row, Add<float>, true)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Binary, multiply, Multiply<float>, false)->Apply(OneAndAllThreads);
BENCHMARK_CAPTURE(BM_Binary, divide, Divide<float>, false)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
