#include "data/permutation.h"

#include <utility>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr uint32_t kRounds = 8;

}  // namespace

Permutation::Permutation(uint64_t seed, uint64_t epoch, int64_t n)
    : random_(DeriveKey(seed, Stream::kPermutation)), epoch_(epoch), n_(n), half_bits_(1) {
  HAIRPIN_CHECK(n >= 1 && n <= int64_t{1} << 62) << "Permutation of " << n << " elements";
  while ((int64_t{1} << (2 * half_bits_)) < n) ++half_bits_;
}

int64_t Permutation::operator()(int64_t i) const {
  HAIRPIN_DCHECK(i >= 0 && i < n_) << "Permutation: " << i << " of " << n_;
  const uint32_t mask = static_cast<uint32_t>((uint64_t{1} << half_bits_) - 1);
  auto x = static_cast<uint64_t>(i);
  do {
    auto left = static_cast<uint32_t>(x >> half_bits_);
    auto right = static_cast<uint32_t>(x) & mask;
    // (left, right) -> (right, left xor f(round, right)) has an inverse whatever f is.
    for (uint32_t round = 0; round < kRounds; ++round) {
      const uint32_t f = random_.At(epoch_, right, round)[0];
      left = std::exchange(right, left ^ (f & mask));
    }
    x = uint64_t{left} << half_bits_ | right;
  } while (x >= static_cast<uint64_t>(n_));
  return static_cast<int64_t>(x);
}

int64_t ShuffledRecord(uint64_t seed, int64_t sample, int64_t n) {
  HAIRPIN_CHECK(sample >= 0) << "ShuffledRecord: sample " << sample;
  return Permutation(seed, static_cast<uint64_t>(sample / n), n)(sample % n);
}

}  // namespace hairpin
