#include "data/unigram.h"

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/vocabulary.h"

namespace hairpin {
namespace {

// How often each id >= 5 occurs, and their sum.
absl::StatusOr<int64_t> CountIds(const TokenCache& cache, const StopQuestion& stop,
                                 std::vector<int64_t>* counts) {
  std::vector<int32_t> ids(static_cast<size_t>(cache.seq_len()));
  int64_t sum = 0;
  for (int64_t record = 0; record < cache.records(); ++record) {
    if (absl::Status status = CheckStop(stop, "ids were counted"); !status.ok()) return status;
    if (absl::Status status = cache.Read(record, std::span(ids)); !status.ok()) return status;
    for (const int32_t id : ids) {
      if (id < kFirstOrdinaryId) continue;
      ++counts->at(static_cast<size_t>(id));
      ++sum;
    }
  }
  return sum;
}

}  // namespace

absl::StatusOr<double> UnigramBaseline(const TokenCache& train, const TokenCache& evaluation,
                                       const StopQuestion& stop) {
  const int32_t size = train.info().vocabulary_size;
  if (evaluation.info().vocabulary_sha256 != train.info().vocabulary_sha256) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found an evaluation cache of another vocabulary than the training cache's: ",
        evaluation.info().vocabulary_sha256, ", expected ", train.info().vocabulary_sha256));
  }
  std::vector<int64_t> train_counts(static_cast<size_t>(size)), counts(train_counts);
  absl::StatusOr<int64_t> train_sum = CountIds(train, stop, &train_counts);
  if (!train_sum.ok()) return train_sum.status();
  absl::StatusOr<int64_t> sum = CountIds(evaluation, stop, &counts);
  if (!sum.ok()) return sum.status();
  if (*sum == 0) {
    return absl::InvalidArgumentError(
        "found no id >= 5 in the evaluation text, expected words of the vocabulary");
  }
  const double all = static_cast<double>(*train_sum) + size - kFirstOrdinaryId;
  double loss = 0;
  for (int32_t id = kFirstOrdinaryId; id < size; ++id) {
    if (counts[id] == 0) continue;
    const double q = (static_cast<double>(train_counts[id]) + 1) / all;
    loss -= static_cast<double>(counts[id]) * std::log(q);
  }
  return loss / static_cast<double>(*sum);
}

}  // namespace hairpin
