// What it costs to hand work to other threads: blocks that do nothing, while the threads are
// awake from the call before, and after a pause in which they have gone to sleep.
#include <chrono>
#include <thread>

#include "benchmark/benchmark.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

void Threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1);
  if (NumCores() > 1) benchmark->Arg(NumCores());
}

// A block for each thread.
void CallOnce(int threads) {
  ParallelFor(threads, [](int64_t block, int) { benchmark::DoNotOptimize(block); });
}

void BM_ParallelFor(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  SetNumThreads(threads);
  for (auto _ : state) CallOnce(threads);
  SetNumThreads(1);
}
BENCHMARK(BM_ParallelFor)->Apply(Threads)->UseRealTime();

void BM_ParallelForAfterAPause(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  SetNumThreads(threads);
  for (auto _ : state) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto begin = std::chrono::steady_clock::now();
    CallOnce(threads);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    state.SetIterationTime(seconds.count());
  }
  SetNumThreads(1);
}
BENCHMARK(BM_ParallelForAfterAPause)->Apply(Threads)->UseManualTime()->Iterations(100);

// Blocks that are more than threads: what taking one costs.
void BM_Blocks(benchmark::State& state) {
  constexpr int64_t kBlocks = 10'000;
  SetNumThreads(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    ParallelFor(kBlocks, [](int64_t block, int) { benchmark::DoNotOptimize(block); });
  }
  state.counters["s/block"] =
      benchmark::Counter(kBlocks, benchmark::Counter::kIsIterationInvariantRate |
                                      benchmark::Counter::kInvert);
  SetNumThreads(1);
}
BENCHMARK(BM_Blocks)->Apply(Threads)->UseRealTime();

}  // namespace
}  // namespace hairpin
