#include "tools/sentences/pair_data.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/split.h"
#include "tools/training/flags.h"

namespace hairpin {

absl::StatusOr<PairData> ReadPairData(const std::vector<std::string>& data,
                                      const std::vector<std::string>& eval_data,
                                      const Vocabulary& vocabulary,
                                      const ParagraphPairOptions& options) {
  constexpr int64_t kEvery = 50;  // as train_mlm keeps every 50th line
  PairData read;
  absl::StatusOr<ParagraphPairs> pairs = ReadParagraphPairs(data, vocabulary, options);
  if (!pairs.ok()) return ForFlag("--data", pairs.status());
  read.data.emplace(*std::move(pairs));
  if (!eval_data.empty()) {
    absl::StatusOr<ParagraphPairs> more = ReadParagraphPairs(eval_data, vocabulary, options);
    if (!more.ok()) return ForFlag("--eval_data", more.status());
    read.eval_data.emplace(*std::move(more));
    read.split = {.train = RecordRange(0, read.data->size()),
                  .evaluation = SplitPairs(*read.eval_data, 1).evaluation};
    return read;
  }
  read.split = SplitPairs(*read.data, kEvery);
  if (!read.split.train.empty() && !read.split.evaluation.empty()) return read;
  return absl::InvalidArgumentError(
      absl::StrCat("--data: found ", read.data->size(), " pairs of paragraphs, expected ", kEvery,
                   " or more, or --eval_data beside it"));
}

}  // namespace hairpin
