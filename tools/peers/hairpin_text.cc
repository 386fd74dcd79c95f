// RunTextTask: training a vocabulary and encoding, timed as tokenizers_text.py does.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/vocabulary.h"
#include "data/vocabulary_trainer.h"
#include "data/wordpiece.h"
#include "tensor/file.h"
#include "tools/peers/hairpin_tasks.h"
#include "tools/peers/median.h"
#include "tools/training/progress.h"

namespace hairpin {
namespace {

constexpr size_t kWarmUpLines = 10000;
constexpr size_t kLines = 1000;  // encoded into one list of ids

absl::StatusOr<nlohmann::ordered_json> TrainOne(const nlohmann::json& task) {
  const double begin = Now();
  const absl::StatusOr<TrainedVocabulary> trained =
      TrainVocabulary({.paths = task["texts"]}, {.size = task["size"]});
  const double seconds = Now() - begin;
  if (!trained.ok()) return trained.status();
  if (task.contains("save")) {
    if (absl::Status s = trained->vocabulary.Save(task["save"]); !s.ok()) return s;
  }
  return nlohmann::ordered_json{{"seconds", seconds}, {"tokens", trained->vocabulary.size()}};
}

bool Blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Appends the lines of `text` that are not blank.
void AddLines(std::string_view text, std::vector<std::string>* lines) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!Blank(text.substr(0, end))) lines->emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

int64_t CountIds(WordPieceEncoder& encoder, const std::vector<std::string>& lines, size_t count) {
  int64_t total = 0;
  std::vector<int32_t> ids;
  for (size_t i = 0; i < std::min(count, lines.size()); ++i) {
    if (i % kLines == 0) {
      total += static_cast<int64_t>(ids.size());
      ids.clear();
    }
    encoder.Encode(lines[i], &ids);
  }
  return total + static_cast<int64_t>(ids.size());
}

absl::StatusOr<nlohmann::ordered_json> EncodeLines(const nlohmann::json& task) {
  const absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(task["vocabulary"]);
  if (!vocabulary.ok()) return vocabulary.status();
  std::vector<std::string> lines;
  for (const std::string path : task["texts"]) {
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    AddLines(*text, &lines);
  }
  int64_t bytes = 0;
  for (const std::string& line : lines) bytes += static_cast<int64_t>(line.size());
  WordPieceEncoder encoder(*vocabulary);
  CountIds(encoder, lines, kWarmUpLines);
  std::vector<double> passes;
  int64_t ids = 0;
  const double first = Now(), seconds = task["seconds"];
  do {
    const double begin = Now();
    ids = CountIds(encoder, lines, lines.size());
    passes.push_back(Now() - begin);
  } while (Now() - first < seconds);
  return nlohmann::ordered_json{
      {"seconds", Median(std::move(passes))}, {"bytes", bytes}, {"ids", ids}};
}

}  // namespace

absl::StatusOr<nlohmann::ordered_json> RunTextTask(const nlohmann::json& task) {
  return task["task"] == "vocabulary" ? TrainOne(task) : EncodeLines(task);
}

}  // namespace hairpin
