// GB/s of text through one thread: normalisation alone, encoding, vocabulary training.
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "data/normalizer.h"
#include "data/vocabulary_trainer.h"
#include "data/wordpiece.h"
#include "ops/kernels/benchmark_util.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

constexpr size_t kTextBytes = size_t{4} << 20;

// Words of one to four syllables, short ones more often; some carry accents.
std::string MadeUpText(bool accents) {
  std::string text;
  uint32_t x = 3;
  const auto draw = [&](uint32_t n) {
    x = x * 1664525 + 1013904223;
    return (x >> 16) % n;
  };
  while (text.size() < kTextBytes) {
    uint32_t syllables = 1;
    while (syllables < 4 && draw(2) == 0) ++syllables;
    // Half of the syllables are one of nine: words come again, as in a language.
    for (uint32_t k = 0; k < syllables; ++k) {
      const bool common = draw(2) == 0;
      text += "tnsrldmkpbgf"[draw(common ? 3 : 12)];
      if (accents && draw(8) == 0) {
        text += "\xC3\xA9";
      } else {
        text += "eaiou"[draw(common ? 3 : 5)];
      }
    }
    text += draw(12) == 0 ? ", " : draw(15) == 0 ? ".\n" : " ";
  }
  return text;
}

TrainedVocabulary Train(const std::string& text) {
  const FolderForBenchmark folder;
  const std::string path = folder.Path("text.txt");
  HAIRPIN_CHECK(WriteFileAtomically(path, text).ok()) << path;
  auto trained = TrainVocabulary({{path}}, {.size = 4000});
  HAIRPIN_CHECK(trained.ok()) << trained.status().ToString();
  return *std::move(trained);
}

void BM_Normalize(benchmark::State& state) {
  const std::string text = MadeUpText(state.range(0) != 0);
  Normalizer normalizer(true);
  int64_t words = 0;
  for (auto _ : state) normalizer.ForEachWord(text, [&](std::string_view, int) { ++words; });
  benchmark::DoNotOptimize(words);
  SetBytesCounters(state, kTextBytes);
}
BENCHMARK(BM_Normalize)->ArgName("accents")->Arg(0)->Arg(1);

void BM_Encode(benchmark::State& state) {
  const std::string text = MadeUpText(state.range(0) != 0);
  const TrainedVocabulary trained = Train(text);
  WordPieceEncoder encoder(trained.vocabulary);
  std::vector<int32_t> ids;
  for (auto _ : state) {
    ids.clear();
    encoder.Encode(text, &ids);
  }
  SetBytesCounters(state, kTextBytes);
  state.counters["ids"] = static_cast<double>(ids.size());
}
BENCHMARK(BM_Encode)->ArgName("accents")->Arg(0)->Arg(1);

void BM_TrainVocabulary(benchmark::State& state) {
  const std::string text = MadeUpText(false);
  for (auto _ : state) benchmark::DoNotOptimize(Train(text).words);
  SetBytesCounters(state, kTextBytes);
}
BENCHMARK(BM_TrainVocabulary)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hairpin
