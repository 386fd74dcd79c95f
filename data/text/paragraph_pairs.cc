#include "data/text/paragraph_pairs.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "data/line_reader.h"
#include "data/permutation.h"
#include "tensor/check.h"

namespace hairpin {

void ParagraphPairs::Copy(int64_t pair, int b, PairBatch* batch) const {
  rows_.Copy(pairs_[pair], b, &batch->first);
  rows_.Copy(pairs_[pair] + 1, b, &batch->second);
}

void ParagraphPairs::Load(uint64_t seed, int64_t first_sample, PairBatch* batch) const {
  const int count = batch->first.max_sequences();
  batch->first.Clear(count);
  batch->second.Clear(count);
  for (int b = 0; b < count; ++b) Copy(ShuffledRecord(seed, first_sample + b, size()), b, batch);
}

void ParagraphPairs::LoadInOrder(int64_t first, PairBatch* batch) const {
  HAIRPIN_CHECK(first >= 0 && first < size())
      << "ParagraphPairs: pair " << first << " of " << size();
  const auto count =
      static_cast<int>(std::min<int64_t>(batch->first.max_sequences(), size() - first));
  batch->first.Clear(count);
  batch->second.Clear(count);
  for (int b = 0; b < count; ++b) Copy(first + b, b, batch);
}

absl::StatusOr<ParagraphPairs> ReadParagraphPairs(const std::vector<std::string>& paths,
                                                  const Vocabulary& vocabulary,
                                                  const ParagraphPairOptions& options) {
  HAIRPIN_CHECK(options.min_words <= options.tokens - 2)
      << "ParagraphPairs: " << options.min_words << " words in " << options.tokens << " ids";
  ParagraphPairs pairs(
      TokenRows(vocabulary, {.tokens = options.tokens, .lowercase = options.lowercase}));
  for (const std::string& path : paths) {
    auto reader = LineReader::Open({path});
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

}  // namespace hairpin
