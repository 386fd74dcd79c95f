// Pooling of 64 images of 32 channels, 28 x 28, as after a LeNet's first convolution.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/pool2d.h"

namespace hairpin::kernels {
namespace {

constexpr Pool2dShape kShape = {
    .planes = 64 * 32, .height = 28, .width = 28, .kernel = 2, .stride = 2};
constexpr int64_t kInput = kShape.planes * 28 * 28, kOutput = kShape.planes * 14 * 14;

struct Problem {
  std::vector<float> x = NumbersForBenchmark(kInput), y = NumbersForBenchmark(kOutput);
  std::vector<float> dx = NumbersForBenchmark(kInput);
  std::vector<char> memory = std::vector<char>(Pool2dWorkspaceBytes(kShape, sizeof(float)) + 64);
  void* workspace() {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  }
};

template <class Body>
void Run(benchmark::State& state, int64_t elements, const Body& body) {
  const ThreadsForBenchmark threads(state.range(0));
  Problem p;
  for (auto _ : state) {
    body(p);
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, static_cast<double>(elements) * sizeof(float));
}

void BM_MaxPool2d(benchmark::State& state) {
  Run(state, kInput + kOutput, [](Problem& p) {
    MaxPool2d(kShape, p.x.data(), p.y.data(), p.workspace());
  });
}
BENCHMARK(BM_MaxPool2d)->Apply(OneAndAllThreads);

void BM_MaxPool2dBackward(benchmark::State& state) {
  Run(state, 2 * kInput + kOutput, [](Problem& p) {
    MaxPool2dBackward(kShape, p.x.data(), p.y.data(), false, p.dx.data(), p.workspace());
  });
}
BENCHMARK(BM_MaxPool2dBackward)->Apply(OneAndAllThreads);

void BM_AvgPool2d(benchmark::State& state) {
  Run(state, kInput + kOutput, [](Problem& p) {
    AvgPool2d(kShape, p.x.data(), p.y.data(), p.workspace());
  });
}
BENCHMARK(BM_AvgPool2d)->Apply(OneAndAllThreads);

void BM_AvgPool2dBackward(benchmark::State& state) {
  Run(state, kInput + kOutput, [](Problem& p) {
    AvgPool2dBackward(kShape, p.y.data(), false, p.dx.data(), p.workspace());
  });
}
BENCHMARK(BM_AvgPool2dBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
