// Records in memory: features of one shape, and what is to be said of each.
//
//   Dataset points = Dataset::FromFloats(Shape({2}), {0, 1,  2, 3,  4, 5});     // three records
//   points.SetClasses({0, 1, 1}, {"left", "right"});
//   Dataset digits = Dataset::FromBytes(Shape({1, 28, 28}), pixels);           // byte / 255
//   digits.ReadFeatures(17, buffer);                                           // 784 floats
//
// Features are float32 [N, record_shape]. Images may be kept as the bytes that they came as, a
// quarter of the memory, and become floats as they are read. A record may have a class (int32 in
// [0, K)), or `targets_per_record` float32 numbers, or both, or neither.
//
// Readers of files make these; a Dataset CHECKs what only a bug in a reader can bring about.
#ifndef HAIRPIN_DATA_DATASET_H_
#define HAIRPIN_DATA_DATASET_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/shape.h"

namespace hairpin {

class Dataset {
 public:
  // As many records as `features` has room for; it must be a whole number of them.
  static Dataset FromFloats(const Shape& record_shape, std::vector<float> features);
  // The same of bytes, read as byte / 255: white is 1.
  static Dataset FromBytes(const Shape& record_shape, std::vector<uint8_t> features);

  Dataset(Dataset&&) = default;
  Dataset& operator=(Dataset&&) = default;
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  // One class for each record, in [0, K), and the names of the K classes.
  void SetClasses(std::vector<int32_t> classes, std::vector<std::string> class_names);
  // [N, targets_per_record].
  void SetTargets(std::vector<float> targets, int64_t targets_per_record);

  int64_t size() const { return size_; }  // N
  const Shape& record_shape() const { return record_shape_; }
  int64_t features_per_record() const { return record_shape_.num_elements(); }

  bool has_classes() const { return !class_names_.empty(); }
  int32_t class_count() const { return static_cast<int32_t>(class_names_.size()); }  // K
  const std::vector<std::string>& class_names() const { return class_names_; }
  std::span<const int32_t> classes() const { return classes_; }

  int64_t targets_per_record() const { return targets_per_record_; }  // 0: there are none
  std::span<const float> targets() const { return targets_; }
  std::span<const float> Targets(int64_t record) const;

  // The features of `record` in [0, N), features_per_record() of them.
  void ReadFeatures(int64_t record, std::span<float> features) const;
  // The bytes that those come from, as they lie in memory: what a hash of the content is made of.
  std::string_view FeatureBytes(int64_t record) const;

 private:
  Dataset(const Shape& record_shape, int64_t features);

  Shape record_shape_;
  int64_t size_ = 0;
  std::vector<float> floats_;   // one of the two
  std::vector<uint8_t> bytes_;
  std::vector<int32_t> classes_;
  std::vector<std::string> class_names_;
  std::vector<float> targets_;
  int64_t targets_per_record_ = 0;
};

// K weights for a loss in which each class counts as much as any other, and a record 1 on average:
//   w_k = n / (K' n_k)
// of the n records named, n_k of class k, K' the classes that occur; 0 for one that does not.
// `classes` are those of all records, in [0, class_count).
std::vector<float> BalancedClassWeights(std::span<const int32_t> classes, int32_t class_count,
                                        std::span<const int64_t> records);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_DATASET_H_
