// Checkpoints as large as the flagship's parameters: writing, verifying, reading, and the sums
// that they are made with.
#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "nn/checkpoint.h"
#include "nn/state_dict.h"
#include "ops/kernels/benchmark_util.h"
#include "tensor/check.h"
#include "tensor/hash.h"

namespace hairpin::nn {
namespace {

constexpr int64_t kRows = 22 * 1024, kColumns = 192;
constexpr double kBytes = double{kRows * kColumns} * sizeof(float);

StateDict State() {
  StateDict state;
  for (int i = 0; i < 22; ++i) {
    state.push_back({kParameterKind, "weight" + std::to_string(i),
                     Tensor::FromValues<float>({kRows / 22, kColumns},
                                               NumbersForBenchmark(kRows / 22 * kColumns))});
  }
  return state;
}

// To the disk: it is synced before the file gets its name.
void BM_WriteCheckpoint(benchmark::State& state) {
  const FolderForBenchmark folder;
  const StateDict tensors = State();
  for (auto _ : state) HAIRPIN_CHECK(WriteCheckpoint(folder.Path("file"), {}, tensors).ok());
  SetBytesCounters(state, kBytes);
}
BENCHMARK(BM_WriteCheckpoint)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_VerifyCheckpoint(benchmark::State& state) {
  const FolderForBenchmark folder;
  HAIRPIN_CHECK(WriteCheckpoint(folder.Path("file"), {}, State()).ok());
  for (auto _ : state) HAIRPIN_CHECK(VerifyCheckpoint(folder.Path("file")).ok());
  SetBytesCounters(state, kBytes);
}
BENCHMARK(BM_VerifyCheckpoint)->Unit(benchmark::kMillisecond)->UseRealTime();

// Verified as a whole, then read.
void BM_ReadCheckpoint(benchmark::State& state) {
  const FolderForBenchmark folder;
  StateDict tensors = State();
  HAIRPIN_CHECK(WriteCheckpoint(folder.Path("file"), {}, tensors).ok());
  for (auto _ : state) HAIRPIN_CHECK(ReadCheckpoint(folder.Path("file"), &tensors).ok());
  SetBytesCounters(state, kBytes);
}
BENCHMARK(BM_ReadCheckpoint)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_Crc32c(benchmark::State& state) {
  const std::vector<float> data = NumbersForBenchmark(1 << 20);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Crc32c(data.data(), data.size() * sizeof(float)));
  }
  SetBytesCounters(state, static_cast<double>(data.size() * sizeof(float)));
}
BENCHMARK(BM_Crc32c);

void BM_Digest(benchmark::State& state) {
  const StateDict tensors = State();
  for (auto _ : state) benchmark::DoNotOptimize(Digest(tensors));
  SetBytesCounters(state, kBytes);
}
BENCHMARK(BM_Digest)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hairpin::nn
