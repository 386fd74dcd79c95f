// Finds the lines of a text that lie closest to a query: `bazel run //tools:nearest -- --help`.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "data/line_reader.h"
#include "models/sentence_embedding/sentence_embedding.h"
#include "tools/sentences/each_text.h"
#include "tools/sentences/run_model.h"
#include "tools/sentences/sentence_index.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"
#include "tools/training/program_settings.h"
#include "tools/training/progress.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Finds the lines of a text that lie closest to a query by a model of train_embedding, queries\n"
    "from arguments or, without any, from standard input, one a line. A line for each that is\n"
    "found: cosine, number of the line, the line, with tabs between. Example:\n"
    "  nearest --run=runs/paragraphs 'a storm at sea'\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "run", "[required]", "the run folder that train_embedding made"},
    {"Flags", "checkpoint", "[the newest that verifies]", "a checkpoint file"},
    {"Flags", "data", "[the text it was trained on]",
     "text files, separated by commas (\\, is one of a name)"},
    {"Flags", "top", "5", "lines shown for each query", 1, 1e6},
};

// The lines that are not blank, with their numbers from 1, counted on from file to file.
struct Lines {
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
};

absl::StatusOr<Lines> ReadLines(const std::vector<std::string>& paths) {
  auto reader = LineReader::Open(paths);
  if (!reader.ok()) return ForFlag("--data", reader.status());
  Lines lines;
  LinePiece piece;
  bool inside = false;  // a line that comes in pieces: the first is more than a model reads
  for (int64_t number = 0;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    if (!more.ok()) return ForFlag("--data", more.status());
    if (!*more) return lines;
    const bool starts = !inside;
    inside = piece.continues;
    if (!starts) continue;
    ++number;
    if (IsBlank(piece.text)) continue;
    lines.texts.emplace_back(piece.text);
    lines.numbers.push_back(number);
  }
}

absl::Status FindNearest(const NearestFlags& flags, const std::vector<std::string>& queries) {
  const absl::StatusOr<TrainedRun> run =
      OpenTrainedRun("train_embedding", flags.run(), flags.checkpoint());
  if (!run.ok()) return run.status();
  const auto model = LoadRunModel<SentenceEmbedding, SentenceEmbeddingConfig>(*run);
  if (!model.ok()) return model.status();
  std::string data = flags.data();
  for (const RunFlag& flag : run->run.flags()) {
    if (flag.name() == "data" && !flags.has_data()) data = flag.value();
  }
  const absl::StatusOr<Lines> lines = ReadLines(SplitPaths(data));
  if (!lines.ok()) return lines.status();
  Progress progress;
  SentenceIndex index(**model, *run->vocabulary, run->lowercase);
  index.Add(lines->texts, [&](int64_t done) {
    progress.Update("%lld of %zu lines", static_cast<long long>(done), lines->texts.size());
  });
  progress.Line("%zu lines of %s", lines->texts.size(), data.c_str());
  return ForEachText(queries, [&](const std::string& query) {
    for (const Neighbour& near : index.Nearest(query, flags.top())) {
      std::printf("%.3f\t%lld\t%s\n", near.cosine,
                  static_cast<long long>(lines->numbers[near.text]),
                  lines->texts[near.text].c_str());
    }
  });
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::NearestFlags flags;
  return hairpin::RunProgram("nearest", hairpin::kUsage, hairpin::kFlags, argc, argv, &flags,
                             [&](const std::vector<std::string>& queries) {
                               hairpin::SetDefaults(hairpin::kFlags, &flags);
                               return hairpin::FindNearest(flags, queries);
                             });
}
