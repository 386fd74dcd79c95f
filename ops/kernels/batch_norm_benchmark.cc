// Batch normalisation of 64 images of 32 channels, 28 x 28.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/batch_norm.h"
#include "ops/kernels/benchmark_util.h"

namespace hairpin::kernels {
namespace {

constexpr ChannelsShape kShape = {.batch = 64, .channels = 32, .positions = 28 * 28};
constexpr int64_t kSize = kShape.batch * kShape.channels * kShape.positions;

struct Problem {
  std::vector<float> x = NumbersForBenchmark(kSize), y = NumbersForBenchmark(kSize);
  std::vector<float> dx = NumbersForBenchmark(kSize);
  std::vector<float> weight = NumbersForBenchmark(kShape.channels), bias = weight;
  std::vector<float> mean = weight, variance = std::vector<float>(kShape.channels, 1.0f);
};

void BM_BatchNorm(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Problem p;
  for (auto _ : state) {
    BatchStatistics(kShape, p.x.data(), p.mean.data(), p.variance.data());
    BatchNorm(kShape, p.x.data(), p.weight.data(), p.bias.data(), p.mean.data(),
              p.variance.data(), 1e-5, p.y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 4.0 * kSize * sizeof(float));
}
BENCHMARK(BM_BatchNorm)->Apply(OneAndAllThreads);

void BM_BatchNormBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Problem p;
  for (auto _ : state) {
    BatchNormBackward<float>(kShape, p.x.data(), p.weight.data(), p.mean.data(),
                             p.variance.data(), p.y.data(), nullptr, nullptr, 1e-5,
                             {.x = p.dx.data(), .weight = p.weight.data(), .bias = p.bias.data()});
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 5.0 * kSize * sizeof(float));
}
BENCHMARK(BM_BatchNormBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
