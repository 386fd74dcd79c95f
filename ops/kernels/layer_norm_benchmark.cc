#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/layer_norm.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kRows = 512, kN = 192;  // a micro-batch of the flagship
constexpr double kBytes = double{kRows * kN} * sizeof(float);

struct Arrays {
  std::vector<float> x = std::vector<float>(kRows * kN, 0.5f), y = x, dy = x;
  std::vector<float> weight = std::vector<float>(kN, 1.0f), bias = weight;
  std::vector<float> mean = std::vector<float>(kRows), rstd = mean;
  Arrays() {
    for (int64_t i = 0; i < kRows * kN; ++i) x[i] = static_cast<float>(i % 37) - 18;
    LayerNorm(x.data(), weight.data(), bias.data(), kRows, kN, 1e-5, y.data(), mean.data(),
              rstd.data());
  }
};

// x read, y written.
void BM_LayerNorm(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays a;
  for (auto _ : state) {
    LayerNorm(a.x.data(), a.weight.data(), a.bias.data(), kRows, kN, 1e-5, a.y.data(),
              a.mean.data(), a.rstd.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2 * kBytes);
}
BENCHMARK(BM_LayerNorm)->Apply(OneAndAllThreads);

// x and dy read twice, dx written.
void BM_LayerNormBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays a;
  std::vector<float> dweight(kN), dbias(kN);
  for (auto _ : state) {
    LayerNormBackwardParameters(a.x.data(), a.mean.data(), a.rstd.data(), a.dy.data(), kRows, kN,
                                false, dweight.data(), false, dbias.data());
    LayerNormBackward(a.x.data(), a.weight.data(), a.mean.data(), a.rstd.data(), a.dy.data(),
                      kRows, kN, /*accumulate=*/false, a.y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 5 * kBytes);
}
BENCHMARK(BM_LayerNormBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
