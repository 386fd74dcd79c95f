#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/gather.h"
#include "tensor/philox.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kV = 8192, kC = 192, kIds = 512;  // the embeddings of a micro-batch
constexpr double kBytes = double{kIds * kC} * sizeof(float);

std::vector<int32_t> Ids() {
  const Philox philox(DeriveKey(1, Stream::kTest));
  std::vector<int32_t> ids(kIds);
  for (int64_t i = 0; i < kIds; ++i) {
    ids[i] = static_cast<int32_t>(UniformBelow(philox.At(i)[0], kV));
  }
  return ids;
}

// Rows read and written.
void BM_GatherRows(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> table = NumbersForBenchmark(kV * kC);
  const std::vector<int32_t> ids = Ids();
  std::vector<float> y(kIds * kC);
  for (auto _ : state) {
    GatherRows(table.data(), ids.data(), kIds, kC, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2 * kBytes);
}
BENCHMARK(BM_GatherRows)->Apply(OneAndAllThreads);

// Rows of the gradient read, those of the table's read and written.
void BM_ScatterAddRows(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  std::vector<float> table(kV * kC);
  const std::vector<int32_t> ids = Ids();
  const std::vector<float> dy = NumbersForBenchmark(kIds * kC);
  for (auto _ : state) {
    ScatterAddRows(dy.data(), ids.data(), kIds, kC, kV, /*accumulate=*/true, table.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 3 * kBytes);
}
BENCHMARK(BM_ScatterAddRows)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
