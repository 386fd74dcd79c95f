#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/cross_entropy.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kM = 72, kV = 8192;  // the masked positions of a micro-batch
constexpr double kBytes = double{kM * kV} * sizeof(float);

struct Arrays {
  std::vector<float> logits = std::vector<float>(kM * kV), gradient = logits;
  std::vector<float> loss = std::vector<float>(kM), lse = loss, dloss = loss;
  std::vector<int32_t> targets = std::vector<int32_t>(kM, 5), correct = targets;
  Arrays() {
    for (int64_t i = 0; i < kM * kV; ++i) logits[i] = static_cast<float>(i % 101) / 10;
  }
};

// logits read (a second time from cache).
void BM_CrossEntropy(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays a;
  for (auto _ : state) {
    CrossEntropy(a.logits.data(), a.targets.data(), -1, kM, kV, a.loss.data(), a.lse.data(),
                 a.correct.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, kBytes);
}
BENCHMARK(BM_CrossEntropy)->Apply(OneAndAllThreads);

// logits read, their gradient written.
void BM_CrossEntropyBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays a;
  CrossEntropy(a.logits.data(), a.targets.data(), -1, kM, kV, a.loss.data(), a.lse.data(),
               a.correct.data());
  for (auto _ : state) {
    CrossEntropyBackward(a.logits.data(), a.targets.data(), -1, a.lse.data(), a.dloss.data(), kM,
                         kV, a.gradient.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2 * kBytes);
}
BENCHMARK(BM_CrossEntropyBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
