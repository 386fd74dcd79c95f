#include "data/text/labelled_batch.h"

#include <algorithm>
#include <utility>

#include "data/permutation.h"
#include "tensor/check.h"

namespace hairpin {

LabelledLoader::LabelledLoader(const TokenRows& rows, std::span<const int32_t> classes,
                               std::vector<int64_t> records, uint64_t seed)
    : rows_(rows), classes_(classes), records_(std::move(records)), seed_(seed) {
  HAIRPIN_CHECK(static_cast<int64_t>(classes.size()) == rows.size() && !records_.empty())
      << "LabelledLoader: " << classes.size() << " classes for " << rows.size() << " rows, "
      << records_.size() << " records";
}

void LabelledLoader::Set(int b, int64_t record, LabelledBatch* batch) const {
  rows_.Copy(record, b, &batch->text_);
  batch->classes_[b] = classes_[record];
}

void LabelledLoader::Load(int64_t first_sample, LabelledBatch* batch) const {
  batch->text_.Clear(batch->text_.max_sequences());
  for (int b = 0; b < batch->text_.sequences(); ++b) {
    Set(b, records_[ShuffledRecord(seed_, first_sample + b, size())], batch);
  }
}

void LabelledLoader::LoadInOrder(int64_t first, LabelledBatch* batch) const {
  HAIRPIN_CHECK(first >= 0 && first < size())
      << "LabelledLoader: record " << first << " of " << size();
  batch->text_.Clear(
      static_cast<int>(std::min<int64_t>(batch->text_.max_sequences(), size() - first)));
  for (int b = 0; b < batch->text_.sequences(); ++b) Set(b, records_[first + b], batch);
}

}  // namespace hairpin
