#include "tools/sentences/classification_report.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hairpin {
namespace {

constexpr int kMistakes = 5, kExamples = 3;
constexpr size_t kShownBytes = 60;

}  // namespace

std::string Shortened(const std::string& text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

std::string ClassificationReport(const LabelledData& data, const std::vector<ClassGuess>& guesses,
                                 const ConfusionMatrix& matrix) {
  const std::vector<std::string>& labels = data.lines.labels;
  std::string text = matrix.Report(labels);
  for (const ConfusionMatrix::Mistake& mistake : matrix.CommonestMistakes(kMistakes)) {
    absl::StrAppendFormat(&text, "%d of %s taken for %s\n", mistake.count, labels[mistake.target],
                          labels[mistake.prediction]);
  }
  std::vector<size_t> order(guesses.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return guesses[a].probability > guesses[b].probability;
  });
  for (const bool right : {true, false}) {
    int shown = 0;
    for (const size_t i : order) {
      const int64_t line = data.evaluation[i];
      const int32_t label = data.lines.classes[line];
      if (right != (label == guesses[i].label) || shown == kExamples) continue;
      if (++shown == 1) absl::StrAppend(&text, right ? "surest, right:\n" : "surest, wrong:\n");
      absl::StrAppendFormat(&text, "  %.3f %s%s: %s\n", guesses[i].probability,
                            labels[guesses[i].label],
                            right ? "" : absl::StrCat(", it is ", labels[label]),
                            Shortened(data.lines.texts[line], kShownBytes));
    }
  }
  return text;
}

}  // namespace hairpin
