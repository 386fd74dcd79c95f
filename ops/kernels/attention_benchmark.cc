// Attention of one layer of the flagship: 8 sequences of 64 tokens, 4 heads of 48.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/attention.h"
#include "ops/kernels/benchmark_util.h"

namespace hairpin::kernels {
namespace {

constexpr AttentionShape kShape = {
    .batch = 8, .queries = 64, .keys = 64, .heads = 4, .head_width = 48};
constexpr int64_t kSize = kShape.batch * kShape.keys * kShape.heads * kShape.head_width;
// A product of [T, D] and [D, T] for all heads.
constexpr double kProduct = 2.0 * kSize * kShape.keys;

std::vector<float> Numbers() {
  std::vector<float> numbers(kSize);
  for (int64_t i = 0; i < kSize; ++i) numbers[i] = static_cast<float>(i % 31) * 0.1f - 1.5f;
  return numbers;
}

// Room for `bytes`, and where it is aligned to 64.
struct Workspace {
  explicit Workspace(int64_t bytes) : memory(bytes + 64) {}
  void* data() {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  }
  std::vector<char> memory;
};

void BM_AttentionForward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = Numbers();
  std::vector<float> out(kSize);
  Workspace workspace(AttentionForwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    AttentionForward<float>(kShape, {x.data(), x.data(), x.data()}, out.data(), workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, 2 * kProduct);
}
BENCHMARK(BM_AttentionForward)->Apply(OneAndAllThreads);

void BM_AttentionBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = Numbers();
  std::vector<float> dq(kSize), dk(kSize), dv(kSize);
  Workspace workspace(AttentionBackwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    AttentionBackward<float>(kShape, {x.data(), x.data(), x.data()}, x.data(),
                             {dq.data(), dk.data(), dv.data()}, workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, 5 * kProduct);
}
BENCHMARK(BM_AttentionBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
