#include "tools/sentences/labelled_data.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/split.h"
#include "tools/training/flags.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

// Appends them under the labels that there are.
absl::Status Append(const LabelledLines& more, const std::string& path, LabelledLines* lines) {
  std::vector<int32_t> numbers;
  for (const std::string& label : more.labels) {
    const auto place = std::lower_bound(lines->labels.begin(), lines->labels.end(), label);
    if (place == lines->labels.end() || *place != label) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": found the label '", label,
                                                     "', expected one of the ",
                                                     lines->labels.size(), " of --data"));
    }
    numbers.push_back(static_cast<int32_t>(place - lines->labels.begin()));
  }
  lines->texts.insert(lines->texts.end(), more.texts.begin(), more.texts.end());
  for (const int32_t k : more.classes) lines->classes.push_back(numbers[k]);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string_view> LabelledData::TrainTexts() const {
  std::vector<std::string_view> texts;
  for (const int64_t line : train) texts.push_back(lines.texts[line]);
  return texts;
}

double LabelledData::MajorityAccuracy() const {
  std::vector<int64_t> counts(lines.labels.size());
  for (const int64_t line : train) ++counts[lines.classes[line]];
  const auto commonest = static_cast<int32_t>(
      std::max_element(counts.begin(), counts.end()) - counts.begin());
  int64_t right = 0;
  for (const int64_t line : evaluation) right += lines.classes[line] == commonest ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(evaluation.size());
}

absl::StatusOr<LabelledData> ReadLabelledData(const LabelledDataOptions& options) {
  absl::StatusOr<LabelledLines> lines = ReadLabelledLines(options.data, StopAsked);
  if (!lines.ok()) return ForFlag("--data", lines.status());
  LabelledData data = {.lines = *std::move(lines)};
  const auto n = static_cast<int64_t>(data.lines.texts.size());
  if (!options.eval_data.empty()) {
    const absl::StatusOr<LabelledLines> more = ReadLabelledLines(options.eval_data, StopAsked);
    absl::Status status = more.status();
    if (status.ok()) status = Append(*more, options.eval_data, &data.lines);
    if (!status.ok()) return ForFlag("--eval_data", status);
    data.train = RecordRange(0, n);
    data.evaluation = RecordRange(n, static_cast<int64_t>(data.lines.texts.size()));
    return data;
  }
  const SplitOptions split = {.valid = 0, .test = options.evaluation_share};
  for (int64_t line = 0; line < n; ++line) {
    const bool test = PartOf(ContentKey(data.lines.texts[line]), split) == Part::kTest;
    (test ? data.evaluation : data.train).push_back(line);
  }
  if (data.train.empty() || data.evaluation.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--evaluation_share: found ", data.train.size(), " lines to learn from and ",
                     data.evaluation.size(), " to be evaluated on, expected some of both"));
  }
  return data;
}

}  // namespace hairpin
