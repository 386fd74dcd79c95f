// What it costs to get memory that an allocator has in its cache, and to give it back.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "tensor/storage.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

void BM_AllocateAndFree(benchmark::State& state) {
  Allocator allocator(Allocator::Kind::kCaching);
  for (auto _ : state) {
    benchmark::DoNotOptimize(allocator.Allocate(state.range(0), Purpose::kActivation));
  }
}
BENCHMARK(BM_AllocateAndFree)->ArgName("bytes")->Arg(64)->Arg(1 << 20);

// As a training: forward takes `pieces` of several sizes, backward gives them back, the last
// one first.
void BM_ForwardAndBackward(benchmark::State& state) {
  Allocator allocator(Allocator::Kind::kCaching);
  std::vector<StorageRef> pieces;
  pieces.reserve(state.range(0));
  for (auto _ : state) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      pieces.push_back(allocator.Allocate((1 + i * 7 % 5) * 100'000, Purpose::kActivation));
    }
    while (!pieces.empty()) pieces.pop_back();
  }
  state.counters["s/piece"] = benchmark::Counter(
      static_cast<double>(state.range(0)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_ForwardAndBackward)->ArgName("pieces")->Arg(10)->Arg(100);

void BM_Tensor(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Tensor::Empty({DType::kFloat32, {8, 64, 192}}));
  }
}
BENCHMARK(BM_Tensor);

}  // namespace
}  // namespace hairpin
