// Convolutions of a LeNet and its larger kin, 64 images at a time. Arguments: channels, filters,
// height and width, kernel, padding, threads.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/conv2d.h"

namespace hairpin::kernels {
namespace {

struct Problem {
  explicit Problem(const benchmark::State& state)
      : shape({.batch = 64,
               .in_channels = state.range(0),
               .out_channels = state.range(1),
               .height = state.range(2),
               .width = state.range(2),
               .kernel_height = state.range(3),
               .kernel_width = state.range(3),
               .padding = state.range(4)}),
        x(NumbersForBenchmark(shape.batch * shape.in_channels * shape.height * shape.width)),
        weight(NumbersForBenchmark(shape.out_channels * shape.in_channels * shape.kernel_height *
                                   shape.kernel_width)),
        bias(NumbersForBenchmark(shape.out_channels)),
        y(NumbersForBenchmark(shape.batch * shape.out_channels * shape.out_height() *
                              shape.out_width())) {}
  double flops() const {
    return 2.0 * y.size() * shape.in_channels * shape.kernel_height * shape.kernel_width;
  }
  Conv2dShape shape;
  std::vector<float> x, weight, bias, y;
};

// Room for `bytes`, and where it is aligned to 64.
struct Workspace {
  explicit Workspace(int64_t bytes) : memory(bytes + 64) {}
  void* data() {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  }
  std::vector<char> memory;
};

void Arguments(benchmark::internal::Benchmark* b) {
  for (const int64_t threads : {1, NumCores()}) {
    b->Args({1, 6, 28, 5, 0, threads});
    b->Args({1, 32, 28, 5, 0, threads});
    b->Args({1, 32, 28, 5, 2, threads});
    b->Args({32, 64, 14, 3, 1, threads});
    b->Args({32, 64, 12, 3, 0, threads});
    b->Args({64, 64, 14, 3, 1, threads});
  }
  b->UseRealTime()->MinTime(0.1);
}

void BM_Conv2dForward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(5));
  Problem p(state);
  Workspace workspace(Conv2dForwardWorkspaceBytes(p.shape, sizeof(float)));
  for (auto _ : state) {
    Conv2dForward(p.shape, p.x.data(), p.weight.data(), p.bias.data(), p.y.data(),
                  workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, p.flops());
}
BENCHMARK(BM_Conv2dForward)->Apply(Arguments);

void BM_Conv2dInputGradient(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(5));
  Problem p(state);
  Workspace workspace(Conv2dInputGradientWorkspaceBytes(p.shape, sizeof(float)));
  for (auto _ : state) {
    Conv2dInputGradient(p.shape, p.y.data(), p.weight.data(), false, p.x.data(),
                        workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, p.flops());
}
BENCHMARK(BM_Conv2dInputGradient)->Apply(Arguments);

void BM_Conv2dWeightGradient(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(5));
  Problem p(state);
  Workspace workspace(Conv2dWeightGradientWorkspaceBytes(p.shape, sizeof(float)));
  for (auto _ : state) {
    Conv2dWeightGradient<float>(p.shape, p.x.data(), p.y.data(),
                                {.weight = p.weight.data(), .bias = p.bias.data()},
                                workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, p.flops());
}
BENCHMARK(BM_Conv2dWeightGradient)->Apply(Arguments);

}  // namespace
}  // namespace hairpin::kernels
