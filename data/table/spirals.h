// Two spirals: the classic task that no straight border solves.
//
//   Dataset spirals = TwoSpirals({.points = 1000, .noise = 0.02, .seed = 1});
//
// Point i, of class i mod 2 = k, with r = sqrt(u), u uniform in (0, 1), lies at
//   (r cos(a), r sin(a)) + noise * (two standard normal numbers),   a = 2 pi turns r + pi k
// Record i is a function of (seed, i) alone. Source of the task: Lang, Witbrock, "Learning to tell
// two spirals apart", 1988.
#ifndef HAIRPIN_DATA_TABLE_SPIRALS_H_
#define HAIRPIN_DATA_TABLE_SPIRALS_H_

#include <cstdint>

#include "data/dataset.h"

namespace hairpin {

struct SpiralOptions {
  int64_t points = 1000;  // of both together, at least 2
  double turns = 1.75;
  double noise = 0.0;     // standard deviation
  uint64_t seed = 0;
};

// Features [N, 2], classes "0" and "1".
Dataset TwoSpirals(const SpiralOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TABLE_SPIRALS_H_
