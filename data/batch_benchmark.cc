// Batches of a masked language model: drawing masks, and loading batches from a cache of ids.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "data/batch.h"
#include "data/masking.h"
#include "data/test_util.h"
#include "data/token_cache.h"
#include "data/token_cache_builder.h"
#include "ops/kernels/benchmark_util.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

constexpr int kT = 64, kB = 8;
constexpr int32_t kVocabulary = 31;  // special tokens, then the letters

// 1 MB of single letters.
std::unique_ptr<TokenCache> MakeCache(const FolderForBenchmark& folder) {
  std::vector<std::string> letters;
  for (char c = 'a'; c <= 'z'; ++c) letters.push_back(std::string(1, c));
  std::string text;
  for (uint32_t i = 0, x = 1; i < 500'000; ++i, x = x * 1664525 + 1013904223) {
    text += letters[(x >> 16) % 26];
    text += i % 40 == 39 ? '\n' : ' ';
  }
  HAIRPIN_CHECK(WriteFileAtomically(folder.Path("text"), text).ok());
  const auto info = BuildTokenCache({{folder.Path("text")}}, TestVocabulary(letters),
                                    {.seq_len = kT}, folder.Path("ids"));
  HAIRPIN_CHECK(info.ok()) << info.status().ToString();
  return *TokenCache::Open(folder.Path("ids"));
}

// The ids of a sequence read, those that are masked written.
void BM_Mask(benchmark::State& state) {
  const Masker masker({.seed = 1, .vocabulary_size = kVocabulary});
  const std::vector<int32_t> original(kT, 7);
  std::vector<int32_t> ids, positions(kT), labels(kT);
  int64_t record = 0;
  for (auto _ : state) {
    ids = original;
    benchmark::DoNotOptimize(masker.Mask(0, record++, ids, positions, labels));
  }
  SetBytesCounters(state, kT * sizeof(int32_t));
}
BENCHMARK(BM_Mask);

// Ids of 16 bits read, ids and visibility written.
void BM_LoadBatch(benchmark::State& state) {
  const FolderForBenchmark folder;
  const std::unique_ptr<TokenCache> cache = MakeCache(folder);
  const MlmLoader loader(*cache, {.seed = 1, .vocabulary_size = kVocabulary});
  MlmBatch batch(kB, kT, loader.max_masked_per_sequence());
  int64_t sample = 0;
  for (auto _ : state) {
    HAIRPIN_CHECK(loader.Load(sample, &batch).ok());
    sample += kB;
  }
  SetBytesCounters(state, kB * kT * (sizeof(int16_t) + 2 * sizeof(int32_t)));
}
BENCHMARK(BM_LoadBatch);

// Text read.
void BM_BuildTokenCache(benchmark::State& state) {
  const FolderForBenchmark folder;
  for (auto _ : state) MakeCache(folder);
  SetBytesCounters(state, 1e6);
}
BENCHMARK(BM_BuildTokenCache)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hairpin
