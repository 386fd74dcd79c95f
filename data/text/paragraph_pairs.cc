#include "data/text/paragraph_pairs.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "data/line_reader.h"
#include "data/permutation.h"
#include "tensor/check.h"

namespace hairpin {

absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>& paths,
                                                  const Vocabulary& vocabulary,
                                                  const ParagraphPairOptions& options) {
  HAIRPIN_CHECK(options.min_words <= options.tokens - 2)
      << "ParagraphPairs: " << options.min_words << " words in " << options.tokens << " ids";
  ParagraphPairs pairs(
      TokenRows(vocabulary, {.tokens = options.tokens, .lowercase = options.lowercase}));
  for (const std::string& path : paths) {
    auto reader = LineReader::Open({path}, {.stop = options.stop});
    if (!reader.ok()) return reader.status();
    LinePiece piece;
    bool inside = false;  // the line under way has given its paragraph already
    bool before = false;  // the paragraph before is long enough
    while (true) {
      const absl::StatusOr<bool> more = (*reader)->Next(&piece);
      if (!more.ok()) return more.status();
      if (!*more) break;
      // A line so long that it comes in pieces is cut to T ids anyway: its first piece will do.
      const bool starts = !inside;
      inside = piece.continues;
      if (!starts || IsBlank(piece.text)) continue;
      pairs.rows_.Add(piece.text);
      const int64_t row = pairs.rows_.size() - 1;
      const bool enough =
          static_cast<int64_t>(pairs.rows_.Row(row).size()) - 2 >= options.min_words;
      if (before && enough) pairs.pairs_.push_back(row - 1);
      before = enough;
    }
  }
  if (pairs.size() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(paths.empty() ? "no file" : paths.front(),
                     ": found no two neighbouring paragraphs of ", options.min_words,
                     " words, expected one a line"));
  }
  return pairs;
}

PairSplit SplitPairs(const ParagraphPairs& pairs, int64_t every) {
  HAIRPIN_CHECK(every >= 1) << "SplitPairs: every " << every;
  PairSplit split;
  int64_t end = 0;  // of the paragraphs that pairs for evaluation have taken
  for (int64_t i = 0; i < pairs.size(); ++i) {
    if ((i + 1) % every != 0 || pairs.Pair(i).first < end) continue;
    split.evaluation.push_back(i);
    end = pairs.Pair(i).second + 1;
  }
  if (every == 1) return split;
  size_t next = 0;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    const auto [first, second] = pairs.Pair(i);
    const auto taken = [&](size_t place) { return pairs.Pair(split.evaluation[place]); };
    while (next < split.evaluation.size() && taken(next).second < first) ++next;
    if (next == split.evaluation.size() || taken(next).first > second) split.train.push_back(i);
  }
  return split;
}

PairLoader::PairLoader(const ParagraphPairs& pairs, std::vector<int64_t> records, uint64_t seed)
    : pairs_(pairs), records_(std::move(records)), seed_(seed) {
  HAIRPIN_CHECK(!records_.empty()) << "PairLoader: no pairs";
}

void PairLoader::Set(int b, int64_t pair, PaddedBatch* batch) const {
  const auto [first, second] = pairs_.Pair(pair);
  pairs_.paragraphs().Copy(first, b, batch);
  pairs_.paragraphs().Copy(second, batch->sequences() / 2 + b, batch);
}

void PairLoader::Load(int64_t first_sample, PaddedBatch* batch) const {
  const int count = batch->max_sequences() / 2;
  batch->Clear(2 * count);
  for (int b = 0; b < count; ++b) {
    Set(b, records_[ShuffledRecord(seed_, first_sample + b, size())], batch);
  }
}

void PairLoader::LoadInOrder(int64_t first, PaddedBatch* batch) const {
  HAIRPIN_CHECK(first >= 0 && first < size()) << "PairLoader: pair " << first << " of " << size();
  const auto count =
      static_cast<int>(std::min<int64_t>(batch->max_sequences() / 2, size() - first));
  batch->Clear(2 * count);
  for (int b = 0; b < count; ++b) Set(b, records_[first + b], batch);
}

}  // namespace hairpin
