#include "data/batch.h"

#include <algorithm>

#include "data/permutation.h"
#include "data/vocabulary.h"
#include "tensor/check.h"

namespace hairpin {

MlmBatch::MlmBatch(int max_sequences, int seq_len, int max_masked_per_sequence)
    : max_sequences_(max_sequences), seq_len_(seq_len) {
  HAIRPIN_CHECK(max_sequences >= 1 && seq_len >= 1 && max_masked_per_sequence >= 0)
      << "MlmBatch: " << max_sequences << " sequences of " << seq_len << " with "
      << max_masked_per_sequence << " masked";
  const size_t positions = static_cast<size_t>(max_sequences) * seq_len;
  const size_t masked = static_cast<size_t>(max_sequences) * max_masked_per_sequence;
  HAIRPIN_CHECK(positions < size_t{1} << 31) << "MlmBatch: " << positions << " positions";
  ids_.resize(positions);
  attention_mask_.resize(positions);
  rows_.resize(masked);
  labels_.resize(masked);
}

void MlmBatch::Clear(int sequences) {
  sequences_ = sequences;
  masked_ = 0;
  padded_ = false;
}

void MlmBatch::SetAttentionMask(int b) {
  const std::span<const int32_t> ids = Ids(b);
  int32_t* mask = attention_mask_.data() + size_t(b) * seq_len_;
  for (size_t t = 0; t < ids.size(); ++t) {
    mask[t] = ids[t] != kPadId;
    padded_ |= ids[t] == kPadId;
  }
}

void MlmBatch::AddMasked(int b, int count) {
  for (int i = 0; i < count; ++i) rows_[masked_ + i] += b * seq_len_;
  masked_ += count;
}

MlmLoader::MlmLoader(const TokenCache& cache, const MaskingOptions& options)
    : cache_(cache), options_(options), masker_(options) {
  HAIRPIN_CHECK(options.vocabulary_size == cache.info().vocabulary_size)
      << "MlmLoader: a vocabulary of " << options.vocabulary_size << ", but the cache's has "
      << cache.info().vocabulary_size;
}

int MlmLoader::max_masked_per_sequence() const {
  return MaxMaskedPerSequence(options_.probability, cache_.seq_len());
}

absl::Status MlmLoader::Load(int64_t first_sample, MlmBatch* batch) const {
  HAIRPIN_CHECK(first_sample >= 0 && batch->seq_len() == cache_.seq_len())
      << "MlmLoader: sample " << first_sample << " of " << cache_.seq_len()
      << " ids into a batch of " << batch->seq_len();
  const int64_t n = cache_.records();
  batch->Clear(batch->max_sequences());
  for (int b = 0; b < batch->sequences(); ++b) {
    const int64_t sample = first_sample + b;
    const auto epoch = static_cast<uint64_t>(sample / n);
    const int64_t record = ShuffledRecord(options_.seed, sample, n);
    const std::span<int32_t> ids = batch->Ids(b);
    if (absl::Status status = cache_.Read(record, ids); !status.ok()) return status;
    batch->SetAttentionMask(b);
    batch->AddMasked(
        b, masker_.Mask(epoch, record, ids, batch->RowsLeft(), batch->LabelsLeft()));
  }
  return absl::OkStatus();
}

absl::Status MlmLoader::LoadEvaluation(const TokenCache& cache, int64_t first_record,
                                       MlmBatch* batch) {
  HAIRPIN_CHECK(first_record >= 0 && first_record < cache.records() &&
                batch->seq_len() == cache.seq_len())
      << "MlmLoader: record " << first_record << " of " << cache.records() << " records of "
      << cache.seq_len() << " ids into a batch of " << batch->seq_len();
  batch->Clear(static_cast<int>(
      std::min<int64_t>(batch->max_sequences(), cache.records() - first_record)));
  for (int b = 0; b < batch->sequences(); ++b) {
    const std::span<int32_t> ids = batch->Ids(b);
    if (absl::Status status = cache.Read(first_record + b, ids); !status.ok()) return status;
    batch->SetAttentionMask(b);
    batch->AddMasked(b, MaskForEvaluation(first_record + b, ids, batch->RowsLeft(),
                                          batch->LabelsLeft()));
  }
  return absl::OkStatus();
}

void MlmLoader::LoadRandom(const MaskingOptions& options, bool padded, MlmBatch* batch) {
  HAIRPIN_CHECK(batch->seq_len() >= 3) << "MlmLoader: random sequences of " << batch->seq_len();
  const Masker masker(options);
  const Philox random(DeriveKey(options.seed, Stream::kTest));
  const auto words = static_cast<uint32_t>(options.vocabulary_size - kFirstOrdinaryId);
  batch->Clear(batch->max_sequences());
  for (int b = 0; b < batch->sequences(); ++b) {
    const std::span<int32_t> ids = batch->Ids(b);
    for (size_t t = 0; t < ids.size(); ++t) {
      ids[t] = kFirstOrdinaryId +
               static_cast<int32_t>(UniformBelow(random.At(b * ids.size() + t)[0], words));
    }
    ids.front() = kClsId;
    ids.back() = padded && b + 1 == batch->sequences() ? kPadId : kSepId;
    batch->SetAttentionMask(b);
    batch->AddMasked(b, masker.Mask(/*epoch=*/0, b, ids, batch->RowsLeft(), batch->LabelsLeft()));
  }
}

}  // namespace hairpin
