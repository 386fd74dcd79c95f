#include "data/batcher.h"

#include <algorithm>
#include <utility>

#include "data/permutation.h"
#include "tensor/check.h"

namespace hairpin {

Batch::Batch(const Dataset& dataset, int max_records)
    : record_shape_(dataset.record_shape()),
      each_(static_cast<size_t>(dataset.features_per_record())),
      targets_each_(static_cast<size_t>(dataset.targets_per_record())) {
  HAIRPIN_CHECK(max_records >= 1) << "Batch: room for " << max_records << " records";
  const auto count = static_cast<size_t>(max_records);
  features_.resize(count * each_);
  targets_.resize(count * targets_each_);
  if (dataset.has_classes()) classes_.resize(count);
  records_.resize(count);
}

Shape Batch::shape() const {
  std::vector<int64_t> sizes = {size_};
  for (const int64_t size : record_shape_.sizes()) sizes.push_back(size);
  return Shape(sizes);
}

void Batch::Set(int b, const Dataset& dataset, int64_t record) {
  HAIRPIN_DCHECK(dataset.record_shape() == record_shape_ &&
                 static_cast<size_t>(dataset.targets_per_record()) == targets_each_ &&
                 dataset.has_classes() == !classes_.empty())
      << "Batch: made for another dataset";
  records_[b] = record;
  dataset.ReadFeatures(record, MutableFeatures(b));
  if (!classes_.empty()) classes_[b] = dataset.classes()[record];
  if (targets_each_ > 0) {
    const std::span<const float> targets = dataset.Targets(record);
    std::copy(targets.begin(), targets.end(), targets_.begin() + b * targets_each_);
  }
}

Batcher::Batcher(const Dataset& dataset, std::vector<int64_t> records, BatcherOptions options)
    : dataset_(dataset), records_(std::move(records)), seed_(options.seed) {
  HAIRPIN_CHECK(!records_.empty()) << "Batcher: no records";
  for (const int64_t record : records_) {
    HAIRPIN_CHECK(record >= 0 && record < dataset.size())
        << "Batcher: record " << record << " of " << dataset.size();
  }
}

int64_t Batcher::RecordOfSample(int64_t sample) const {
  return records_[ShuffledRecord(seed_, sample, size())];
}

void Batcher::Load(int64_t first_sample, Batch* batch) const {
  batch->size_ = batch->max_records();
  for (int b = 0; b < batch->size(); ++b) {
    batch->Set(b, dataset_, RecordOfSample(first_sample + b));
  }
}

void Batcher::LoadInOrder(int64_t first, Batch* batch) const {
  HAIRPIN_CHECK(first >= 0 && first < size()) << "Batcher: record " << first << " of " << size();
  batch->size_ = static_cast<int>(std::min<int64_t>(batch->max_records(), size() - first));
  for (int b = 0; b < batch->size(); ++b) batch->Set(b, dataset_, records_[first + b]);
}

}  // namespace hairpin
