#include "data/masking.h"

#include <algorithm>
#include <cmath>

#include "data/vocabulary.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr uint32_t kBelowMask = 3435973836;    // floor(0.8 * 2^32)
constexpr uint32_t kBelowRandom = 3865470566;  // floor(0.9 * 2^32)
constexpr int kEvaluationStride = 10;

bool IsMaskable(int32_t id) { return id >= kFirstOrdinaryId; }

}  // namespace

int MaskedCount(double probability, int n) {
  if (n == 0) return 0;
  return std::min(n, std::max(1, static_cast<int>(std::floor(probability * n + 0.5))));
}

int MaxMaskedPerSequence(double probability, int seq_len) {
  HAIRPIN_CHECK(seq_len >= 3) << "MaxMaskedPerSequence: seq_len " << seq_len;
  return MaskedCount(probability, seq_len - 2);
}

int MaxEvaluationMaskedPerSequence(int seq_len) {
  HAIRPIN_CHECK(seq_len >= 3) << "MaxEvaluationMaskedPerSequence: seq_len " << seq_len;
  return (seq_len - 2 + kEvaluationStride - 1) / kEvaluationStride;
}

Masker::Masker(const MaskingOptions& options)
    : options_(options), random_(DeriveKey(options.seed, Stream::kMasking)) {
  HAIRPIN_CHECK(options.probability >= 0 && options.probability <= 1)
      << "Masker: probability " << options.probability;
  HAIRPIN_CHECK(options.vocabulary_size > kFirstOrdinaryId)
      << "Masker: vocabulary of " << options.vocabulary_size << ", expected at least 6";
}

int Masker::Mask(uint64_t epoch, int64_t record, std::span<int32_t> ids,
                 std::span<int32_t> positions, std::span<int32_t> labels) const {
  HAIRPIN_CHECK(epoch < uint64_t{1} << 32 && record >= 0)
      << "Masker: epoch " << epoch << ", record " << record;
  const int n = static_cast<int>(std::count_if(ids.begin(), ids.end(), IsMaskable));
  const int k = MaskedCount(options_.probability, n);
  HAIRPIN_CHECK(static_cast<size_t>(k) <= positions.size() &&
                static_cast<size_t>(k) <= labels.size())
      << "Masker: " << k << " masked positions, room for " << positions.size() << " and "
      << labels.size();
  const auto ordinary_ids = static_cast<uint32_t>(options_.vocabulary_size - kFirstOrdinaryId);
  int chosen = 0;
  int left = n;  // maskable positions from here on
  for (size_t position = 0; chosen < k; ++position) {
    if (!IsMaskable(ids[position])) continue;
    const PhiloxWords words = random_.At(static_cast<uint64_t>(record),
                                         static_cast<uint32_t>(epoch),
                                         static_cast<uint32_t>(position));
    // Taken with (k - chosen) / left, every set of k has probability 1 / (n over k) (Knuth, "The
    // Art of Computer Programming", volume 2, algorithm 3.4.2 S).
    const bool taken = UniformBelow(words[0], static_cast<uint32_t>(left)) <
                       static_cast<uint32_t>(k - chosen);
    --left;
    if (!taken) continue;
    positions[chosen] = static_cast<int32_t>(position);
    labels[chosen] = ids[position];
    ++chosen;
    if (words[1] < kBelowMask) {
      ids[position] = kMaskId;
    } else if (words[1] < kBelowRandom) {
      ids[position] =
          kFirstOrdinaryId + static_cast<int32_t>(UniformBelow(words[2], ordinary_ids));
    }
  }
  return k;
}

int MaskForEvaluation(int64_t sequence, std::span<int32_t> ids, std::span<int32_t> positions,
                      std::span<int32_t> labels) {
  HAIRPIN_CHECK(sequence >= 0) << "MaskForEvaluation: sequence " << sequence;
  int count = 0;
  const auto first = static_cast<size_t>(1 + sequence % kEvaluationStride);
  for (size_t p = first; p < ids.size(); p += kEvaluationStride) {
    if (!IsMaskable(ids[p])) continue;
    HAIRPIN_CHECK(static_cast<size_t>(count) < std::min(positions.size(), labels.size()))
        << "MaskForEvaluation: room for " << positions.size() << " and " << labels.size();
    positions[count] = static_cast<int32_t>(p);
    labels[count] = ids[p];
    ids[p] = kMaskId;
    ++count;
  }
  return count;
}

}  // namespace hairpin
