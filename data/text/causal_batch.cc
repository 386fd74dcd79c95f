#include "data/text/causal_batch.h"

#include <algorithm>

#include "tensor/check.h"

namespace hairpin {

CausalBatch::CausalBatch(int max_sequences, int tokens)
    : max_sequences_(max_sequences), tokens_(tokens) {
  HAIRPIN_CHECK(max_sequences >= 1 && tokens >= 1)
      << "CausalBatch: " << max_sequences << " sequences of " << tokens;
  const size_t positions = static_cast<size_t>(max_sequences) * tokens;
  inputs_.resize(positions);
  labels_.resize(positions);
}

void CausalBatch::Set(int b, std::span<const int32_t> window) {
  const int64_t begin = int64_t{b} * tokens_;
  std::copy_n(window.begin(), tokens_, inputs_.begin() + begin);
  std::copy_n(window.begin() + 1, tokens_, labels_.begin() + begin);
}

CausalLoader::CausalLoader(std::span<const int32_t> ids, const CausalOptions& options)
    : ids_(ids),
      random_(DeriveKey(options.seed, Stream::kTextOffset)),
      tokens_(options.tokens) {
  HAIRPIN_CHECK(tokens_ >= 1 && ids_.size() > static_cast<size_t>(tokens_))
      << "CausalLoader: " << ids_.size() << " ids for windows of " << tokens_ << " and one more";
}

int64_t CausalLoader::Offset(int64_t sample) const {
  const auto offsets = static_cast<uint32_t>(std::min<uint64_t>(
      ids_.size() - static_cast<size_t>(tokens_), UINT32_MAX));
  return UniformBelow(random_.At(static_cast<uint64_t>(sample))[0], offsets);
}

std::span<const int32_t> CausalLoader::Window(int64_t offset) const {
  return ids_.subspan(static_cast<size_t>(offset), static_cast<size_t>(tokens_) + 1);
}

void CausalLoader::Check(int64_t first, const CausalBatch& batch) const {
  HAIRPIN_CHECK(first >= 0 && batch.tokens() == tokens_)
      << "CausalLoader: window " << first << " of " << tokens_ << " ids into a batch of "
      << batch.tokens();
}

void CausalLoader::Load(int64_t first_sample, CausalBatch* batch) const {
  Check(first_sample, *batch);
  batch->sequences_ = batch->max_sequences();
  for (int b = 0; b < batch->sequences(); ++b) batch->Set(b, Window(Offset(first_sample + b)));
}

int64_t CausalLoader::windows() const { return (static_cast<int64_t>(ids_.size()) - 1) / tokens_; }

void CausalLoader::LoadInOrder(int64_t first, CausalBatch* batch) const {
  Check(first, *batch);
  HAIRPIN_CHECK(first < windows()) << "CausalLoader: window " << first << " of " << windows();
  batch->sequences_ =
      static_cast<int>(std::min<int64_t>(batch->max_sequences(), windows() - first));
  for (int b = 0; b < batch->sequences(); ++b) batch->Set(b, Window((first + b) * tokens_));
}

}  // namespace hairpin
