// Batches of a Dataset, by number.
//
//   const Batcher train(dataset, split.train, {.seed = 1});
//   Batch batch(dataset, /*max_records=*/64);
//   train.Load(first_sample, &batch);                  // samples first_sample .. + 63
//
//   const Batcher valid(dataset, split.valid);
//   for (int64_t first = 0; first < valid.size(); first += batch.size()) {
//     valid.LoadInOrder(first, &batch);                // the last one may be shorter
//   }
//
// The position in the data is one number, the sample's: of n records, sample s is number
// ShuffledRecord(seed, s, n) of them. Any batch can be loaded at any time, and where an
// epoch ends inside a batch nothing special happens. What a sample is depends on no batch.
//
// A batch's memory is taken when it is made; loading takes none.
#ifndef HAIRPIN_DATA_BATCHER_H_
#define HAIRPIN_DATA_BATCHER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace hairpin {

class Batch {
 public:
  // Room for `max_records` of the dataset's records with what it has of classes and targets.
  Batch(const Dataset& dataset, int max_records);

  int max_records() const { return static_cast<int>(records_.size()); }
  int size() const { return size_; }  // B: max_records, or fewer at the end of LoadInOrder
  Shape shape() const;                // [B, record_shape]

  std::span<const float> features() const { return std::span(features_).first(Count(each_)); }
  std::span<const float> Features(int b) const { return features().subspan(b * each_, each_); }
  // For augmentation, in place.
  std::span<float> MutableFeatures(int b) { return std::span(features_).subspan(b * each_, each_); }
  std::span<const int32_t> classes() const {  // [B], or empty
    return std::span(classes_).first(classes_.empty() ? 0 : Count(1));
  }
  std::span<const float> targets() const {  // [B, targets_per_record], or empty
    return std::span(targets_).first(Count(targets_each_));
  }
  // [B]: which records of the dataset these are.
  std::span<const int64_t> records() const { return std::span(records_).first(Count(1)); }

 private:
  friend class Batcher;
  size_t Count(size_t each) const { return static_cast<size_t>(size_) * each; }
  void Set(int b, const Dataset& dataset, int64_t record);

  Shape record_shape_;
  size_t each_, targets_each_;
  int size_ = 0;
  std::vector<float> features_, targets_;
  std::vector<int32_t> classes_;
  std::vector<int64_t> records_;
};

struct BatcherOptions {
  uint64_t seed = 0;
};

// The dataset must outlive it. Any number of threads may load, each into its own batch.
class Batcher {
 public:
  // Of the records named, at least one. All: RecordRange(0, dataset.size()).
  Batcher(const Dataset& dataset, std::vector<int64_t> records, BatcherOptions options = {});

  int64_t size() const { return static_cast<int64_t>(records_.size()); }  // n

  // The record of the dataset that is sample `sample` >= 0 of training.
  int64_t RecordOfSample(int64_t sample) const;

  // Samples [first_sample, first_sample + batch->max_records()).
  void Load(int64_t first_sample, Batch* batch) const;

  // Without shuffling: the records named, from `first` in [0, n) on, as far as there are any.
  void LoadInOrder(int64_t first, Batch* batch) const;

 private:
  const Dataset& dataset_;
  std::vector<int64_t> records_;
  uint64_t seed_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_BATCHER_H_
