#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/dropout.h"
#include "tensor/philox.h"

namespace hairpin::kernels {
namespace {

constexpr int64_t kRows = 512, kC = 192;  // a sublayer's output

// x read, y written; a random number for each element. Backward is the same.
void BM_Dropout(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  const std::vector<float> x = NumbersForBenchmark(kRows * kC);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    Dropout(x.data(), kRows, kC, {.probability = 0.1, .key = DeriveKey(0, Stream::kTest)},
            /*accumulate=*/false, y.data());
    benchmark::ClobberMemory();
  }
  SetBytesCounters(state, 2.0 * kRows * kC * sizeof(float));
}
BENCHMARK(BM_Dropout)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
