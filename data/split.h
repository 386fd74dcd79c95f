// Which records are for training, which for choosing, which for testing.
//
//   const Split split = SplitByIndex(dataset.size(), {.valid = 0.1, .test = 0.1, .seed = 1});
//   const Split split = SplitByContent(dataset, {.valid = 0.1, .test = 0.1});
//   if (PartOf(ContentKey(line), options) == Part::kTest) ...
//
// The part of a record is a pure function of the seed and of its key (its number, or a hash of its
// content) and asks for no count of records. So it stays what it is when records are added. Shares
// are therefore met on average and not exactly. By content, equal records share a part: none is
// tested on that was trained on.
#ifndef HAIRPIN_DATA_SPLIT_H_
#define HAIRPIN_DATA_SPLIT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace hairpin {

enum class Part : uint8_t { kTrain, kValid, kTest };

struct SplitOptions {
  double valid = 0.1;  // shares, 0 or more, together at most 1; training has the rest
  double test = 0.1;
  uint64_t seed = 0;
};

// u(key) in (0, 1): test below options.test, valid below options.test + options.valid, else train.
Part PartOf(uint64_t key, const SplitOptions& options);

// FNV-1a of 64 bits (Fowler, Noll, Vo; offset basis 14695981039346656037, prime 1099511628211).
uint64_t ContentKey(std::string_view bytes);

// The numbers of the records of each part, ascending.
struct Split {
  std::vector<int64_t> train, valid, test;
  const std::vector<int64_t>& of(Part part) const;
};

Split SplitByIndex(int64_t records, const SplitOptions& options);
// By the features; labels play no part.
Split SplitByContent(const Dataset& dataset, const SplitOptions& options);

// begin, begin + 1, ... end - 1: for data whose parts are known by their place.
std::vector<int64_t> RecordRange(int64_t begin, int64_t end);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_SPLIT_H_
