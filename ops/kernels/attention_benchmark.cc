// Attention of one layer of the flagship: 8 sequences of 64 tokens, 4 heads of 48; and causal
// attention of as many tokens in fewer sequences. Causal GFLOP/s are those of the same shape
// without the mask.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/attention.h"
#include "ops/kernels/benchmark_util.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kTokens = 512, kHeads = 4, kHeadWidth = 48;
constexpr int64_t kSize = kTokens * kHeads * kHeadWidth;

AttentionShape FlagshipShape() {
  return {.batch = kTokens / 64, .queries = 64, .keys = 64, .heads = kHeads,
          .head_width = kHeadWidth};
}
AttentionShape CausalShape(int64_t T) {
  return {.batch = kTokens / T, .queries = T, .keys = T, .heads = kHeads,
          .head_width = kHeadWidth, .causal = true};
}
// FLOP of a product of [T, D] and [D, T] for all heads.
double Product(const AttentionShape& shape) { return 2.0 * kSize * shape.keys; }

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

void MeasureForward(benchmark::State& state, const AttentionShape& shape) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = Numbers();
  std::vector<float> out(kSize);
  Workspace workspace(AttentionForwardWorkspaceBytes(shape, sizeof(float)));
  for (auto _ : state) {
    AttentionForward<float>(shape, {x.data(), x.data(), x.data()}, out.data(), workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, 2 * Product(shape));
}

void MeasureBackward(benchmark::State& state, const AttentionShape& shape) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = Numbers();
  std::vector<float> dq(kSize), dk(kSize), dv(kSize);
  Workspace workspace(AttentionBackwardWorkspaceBytes(shape, sizeof(float)));
  for (auto _ : state) {
    AttentionBackward<float>(shape, {x.data(), x.data(), x.data()}, x.data(),
                             {dq.data(), dk.data(), dv.data()}, workspace.data());
    benchmark::ClobberMemory();
  }
  SetFlopsCounters(state, 5 * Product(shape));
}

void BM_AttentionForward(benchmark::State& state) { MeasureForward(state, FlagshipShape()); }
BENCHMARK(BM_AttentionForward)->Apply(OneAndAllThreads);

void BM_AttentionBackward(benchmark::State& state) { MeasureBackward(state, FlagshipShape()); }
BENCHMARK(BM_AttentionBackward)->Apply(OneAndAllThreads);

template <int64_t T>
void BM_CausalForward(benchmark::State& state) {
  MeasureForward(state, CausalShape(T));
}
BENCHMARK(BM_CausalForward<64>)->Apply(OneAndAllThreads);
BENCHMARK(BM_CausalForward<512>)->Apply(OneAndAllThreads);

template <int64_t T>
void BM_CausalBackward(benchmark::State& state) {
  MeasureBackward(state, CausalShape(T));
}
BENCHMARK(BM_CausalBackward<64>)->Apply(OneAndAllThreads);
BENCHMARK(BM_CausalBackward<512>)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
