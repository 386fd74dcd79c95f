#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/adamw.h"
#include "ops/kernels/benchmark_util.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kParameters = 4'498'880;  // the flagship's

// Gradient, parameter and both moments read; the last three written.
void BM_AdamW(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  std::vector<float> g(kParameters, 0.01f), p(kParameters, 0.5f), m(kParameters), v(kParameters);
  for (auto _ : state) {
    AdamW(g.data(), kParameters, {.learning_rate = 1e-6, .weight_decay = 0.01}, p.data(),
          m.data(), v.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 7.0 * kParameters * sizeof(float));
}
BENCHMARK(BM_AdamW)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
