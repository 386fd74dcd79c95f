#include "data/dataset.h"

#include <algorithm>
#include <utility>

#include "tensor/check.h"

namespace hairpin {

Dataset::Dataset(const Shape& record_shape, int64_t features) : record_shape_(record_shape) {
  const int64_t each = record_shape.num_elements();
  HAIRPIN_CHECK(each >= 1 && features % each == 0)
      << "Dataset: " << features << " features for records of " << record_shape;
  size_ = features / each;
}

Dataset Dataset::FromFloats(const Shape& record_shape, std::vector<float> features) {
  Dataset dataset(record_shape, static_cast<int64_t>(features.size()));
  dataset.floats_ = std::move(features);
  return dataset;
}

Dataset Dataset::FromBytes(const Shape& record_shape, std::vector<uint8_t> features) {
  Dataset dataset(record_shape, static_cast<int64_t>(features.size()));
  dataset.bytes_ = std::move(features);
  return dataset;
}

void Dataset::SetClasses(std::vector<int32_t> classes, std::vector<std::string> class_names) {
  const auto count = static_cast<int32_t>(class_names.size());
  HAIRPIN_CHECK(count >= 1 && static_cast<int64_t>(classes.size()) == size_)
      << "Dataset: " << classes.size() << " labels of " << count << " classes for " << size_
      << " records";
  for (const int32_t label : classes) {
    HAIRPIN_CHECK(label >= 0 && label < count) << "Dataset: class " << label << " of " << count;
  }
  classes_ = std::move(classes);
  class_names_ = std::move(class_names);
}

void Dataset::SetTargets(std::vector<float> targets, int64_t targets_per_record) {
  HAIRPIN_CHECK(targets_per_record >= 1 &&
                static_cast<int64_t>(targets.size()) == size_ * targets_per_record)
      << "Dataset: " << targets.size() << " targets, " << targets_per_record << " for each of "
      << size_ << " records";
  targets_ = std::move(targets);
  targets_per_record_ = targets_per_record;
}

std::span<const float> Dataset::Targets(int64_t record) const {
  return targets().subspan(static_cast<size_t>(record * targets_per_record_),
                           static_cast<size_t>(targets_per_record_));
}

void Dataset::ReadFeatures(int64_t record, std::span<float> features) const {
  const int64_t each = features_per_record();
  HAIRPIN_CHECK(record >= 0 && record < size_ && static_cast<int64_t>(features.size()) == each)
      << "Dataset: record " << record << " of " << size_ << ", " << each << " features into "
      << features.size();
  if (bytes_.empty()) {
    std::copy_n(floats_.begin() + record * each, each, features.begin());
  } else {
    std::transform(bytes_.begin() + record * each, bytes_.begin() + (record + 1) * each,
                   features.begin(), [](uint8_t byte) { return byte * (1.0f / 255.0f); });
  }
}

std::string_view Dataset::FeatureBytes(int64_t record) const {
  const auto each = static_cast<size_t>(features_per_record());
  const auto first = static_cast<size_t>(record) * each;
  if (!bytes_.empty()) return {reinterpret_cast<const char*>(bytes_.data() + first), each};
  return {reinterpret_cast<const char*>(floats_.data() + first), each * sizeof(float)};
}

std::vector<float> BalancedClassWeights(std::span<const int32_t> classes, int32_t class_count,
                                        std::span<const int64_t> records) {
  HAIRPIN_CHECK(class_count >= 1) << "BalancedClassWeights: " << class_count << " classes";
  std::vector<int64_t> counts(static_cast<size_t>(class_count));
  for (const int64_t record : records) ++counts[classes[record]];
  const auto present = std::count_if(counts.begin(), counts.end(), [](int64_t n) { return n > 0; });
  std::vector<float> weights(counts.size());
  for (size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] == 0) continue;
    weights[k] = static_cast<float>(static_cast<double>(records.size()) /
                                    (static_cast<double>(present) * counts[k]));
  }
  return weights;
}

}  // namespace hairpin
