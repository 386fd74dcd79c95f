#include "data/split.h"

#include <numeric>

#include "tensor/check.h"
#include "tensor/philox.h"

namespace hairpin {
namespace {

template <class Key>
Split SplitByKey(int64_t records, const SplitOptions& options, const Key& key) {
  Split split;
  for (int64_t record = 0; record < records; ++record) {
    const Part part = PartOf(key(record), options);
    (part == Part::kTrain ? split.train : part == Part::kValid ? split.valid : split.test)
        .push_back(record);
  }
  return split;
}

}  // namespace

Part PartOf(uint64_t key, const SplitOptions& options) {
  HAIRPIN_CHECK(options.valid >= 0 && options.test >= 0 && options.valid + options.test <= 1)
      << "Split: shares of " << options.valid << " and " << options.test;
  const Philox random(DeriveKey(options.seed, Stream::kSplit));
  const double u = UniformOpenDouble(random.At(key)[0]);
  if (u < options.test) return Part::kTest;
  return u < options.test + options.valid ? Part::kValid : Part::kTrain;
}

uint64_t ContentKey(std::string_view bytes) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

const std::vector<int64_t>& Split::of(Part part) const {
  return part == Part::kTrain ? train : part == Part::kValid ? valid : test;
}

Split SplitByIndex(int64_t records, const SplitOptions& options) {
  return SplitByKey(records, options, [](int64_t record) { return static_cast<uint64_t>(record); });
}

Split SplitByContent(const Dataset& dataset, const SplitOptions& options) {
  return SplitByKey(dataset.size(), options, [&](int64_t record) {
    return ContentKey(dataset.FeatureBytes(record));
  });
}

std::vector<int64_t> RecordRange(int64_t begin, int64_t end) {
  HAIRPIN_CHECK(begin >= 0 && begin <= end) << "RecordRange: " << begin << " to " << end;
  std::vector<int64_t> records(static_cast<size_t>(end - begin));
  std::iota(records.begin(), records.end(), begin);
  return records;
}

}  // namespace hairpin
