// The order of an epoch: a keyed permutation of [0, n) that can be asked for any element.
//
//   const Permutation order(seed, epoch, records);
//   int64_t record = order(17);                        // the 18th record of the epoch
//
// Nothing is stored: a Feistel network of eight rounds with Philox as its round function permutes
// the numbers of 2w bits, w the smallest with 4^w >= n, and is applied again as long as the result
// is not below n (cycle walking): less than four times on average. Sources: Luby, Rackoff, "How to
// construct pseudorandom permutations from pseudorandom functions", 1988; Black, Rogaway, "Ciphers
// with arbitrary finite domains", 2002.
#ifndef HAIRPIN_DATA_PERMUTATION_H_
#define HAIRPIN_DATA_PERMUTATION_H_

#include <cstdint>

#include "tensor/philox.h"

namespace hairpin {

class Permutation {
 public:
  // n in [1, 2^62]. Each seed and epoch has its own order.
  Permutation(uint64_t seed, uint64_t epoch, int64_t n);

  // Where `i` in [0, n) goes; every number of [0, n) is met once.
  int64_t operator()(int64_t i) const;

 private:
  Philox random_;
  uint64_t epoch_;
  int64_t n_;
  int half_bits_;  // w
};

// Which of n records sample `sample` >= 0 of training is, where each epoch has its own order:
//   Permutation(seed, sample / n, n)(sample mod n)
// What makes one integer the position in the data, wherever an epoch ends.
int64_t ShuffledRecord(uint64_t seed, int64_t sample, int64_t n);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_PERMUTATION_H_
