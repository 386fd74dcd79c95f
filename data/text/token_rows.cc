#include "data/text/token_rows.h"

#include <algorithm>

#include "tensor/check.h"

namespace hairpin {

PaddedBatch::PaddedBatch(int max_sequences, int tokens)
    : max_sequences_(max_sequences), tokens_(tokens) {
  HAIRPIN_CHECK(max_sequences >= 1 && tokens >= 1)
      << "PaddedBatch: " << max_sequences << " sequences of " << tokens;
  const size_t positions = static_cast<size_t>(max_sequences) * tokens;
  ids_.resize(positions);
  mask_.resize(positions);
}

void PaddedBatch::Clear(int sequences) {
  HAIRPIN_CHECK(sequences >= 0 && sequences <= max_sequences_)
      << "PaddedBatch: " << sequences << " sequences, room for " << max_sequences_;
  sequences_ = sequences;
}

void PaddedBatch::Set(int b, std::span<const int32_t> ids) {
  HAIRPIN_CHECK(b >= 0 && b < sequences_ && ids.size() <= static_cast<size_t>(tokens_))
      << "PaddedBatch: row " << b << " of " << sequences_ << ", " << ids.size() << " ids for "
      << tokens_;
  const int64_t begin = int64_t{b} * tokens_;
  const auto used = static_cast<int64_t>(ids.size());
  std::copy(ids.begin(), ids.end(), ids_.begin() + begin);
  std::fill_n(ids_.begin() + begin + used, tokens_ - used, kPadId);
  std::fill_n(mask_.begin() + begin, used, 1);
  std::fill_n(mask_.begin() + begin + used, tokens_ - used, 0);
}

TokenRows::TokenRows(const Vocabulary& vocabulary, const TokenRowsOptions& options)
    : options_(options), encoder_(vocabulary, {.lowercase = options.lowercase}) {
  HAIRPIN_CHECK(options.tokens >= 3 && vocabulary.RequireTrainable().ok())
      << "TokenRows: rows of " << options.tokens << " ids: "
      << vocabulary.RequireTrainable().ToString();
}

void TokenRows::Add(std::string_view text) {
  const size_t begin = ids_.size();
  ids_.push_back(kClsId);
  encoder_.Encode(text, &ids_);
  ids_.resize(std::min(ids_.size(), begin + static_cast<size_t>(options_.tokens) - 1));
  ids_.push_back(kSepId);
  ends_.push_back(static_cast<int64_t>(ids_.size()));
}

std::span<const int32_t> TokenRows::Row(int64_t row) const {
  HAIRPIN_CHECK(row >= 0 && row < size()) << "TokenRows: row " << row << " of " << size();
  const int64_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::span(ids_).subspan(static_cast<size_t>(begin),
                                 static_cast<size_t>(ends_[row] - begin));
}

}  // namespace hairpin
