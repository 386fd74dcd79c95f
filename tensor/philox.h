// Philox4x32-10: random numbers that are a pure function of (key, counter).
//
//   Philox rng(DeriveKey(seed, Stream::kMasking));
//   std::array<uint32_t, 4> words = rng({epoch, record, 0, 0});
//
// Nothing here has state: the same key and counter give the same four words in
// any thread, in any order of calls, before and after a resume.
//
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011 (the Random123 library's known answers are in the test).
#ifndef HAIRPIN_TENSOR_PHILOX_H_
#define HAIRPIN_TENSOR_PHILOX_H_

#include <array>
#include <cstdint>

namespace hairpin {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxWords = std::array<uint32_t, 4>;

struct PhiloxKey {
  uint32_t low = 0;
  uint32_t high = 0;
  friend bool operator==(const PhiloxKey&, const PhiloxKey&) = default;
};

// What a stream of draws is for. Two streams of one seed are independent.
// The numbers are part of every run's bits: append, never renumber.
enum class Stream : uint32_t {
  kInitialization = 1,
  kPermutation = 2,
  kMasking = 3,
  kDropout = 4,
  kTest = 5,
  kSampleText = 6,
  kSplit = 7,         // which part a record belongs to
  kTextOffset = 8,    // where a window of text begins
  kAugmentation = 9,  // how an image is changed, what it is mixed with
  kMadePoints = 10,   // points of made-up tables
  kGeneration = 11,   // which token comes next
};

// The four words of `counter` under `key`.
inline PhiloxWords PhiloxBlock(PhiloxKey key, PhiloxCounter counter) {
  constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key.low,
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key.high,
               static_cast<uint32_t>(product0)};
    key.low += kWeyl0;
    key.high += kWeyl1;
  }
  return counter;
}

// A key for `stream` of `seed`: one Philox block of the seed, so that nearby
// seeds and streams have unrelated keys.
inline PhiloxKey DeriveKey(uint64_t seed, Stream stream, uint32_t part = 0) {
  const PhiloxWords words =
      PhiloxBlock({static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                  {static_cast<uint32_t>(stream), part, 0, 0});
  return {words[0], words[1]};
}

// A keyed generator; a value type of 8 bytes.
class Philox {
 public:
  explicit Philox(PhiloxKey key) : key_(key) {}
  PhiloxWords operator()(PhiloxCounter counter) const { return PhiloxBlock(key_, counter); }
  // The counter {low half of index, high half of index, a, b}.
  PhiloxWords At(uint64_t index, uint32_t a = 0, uint32_t b = 0) const {
    return PhiloxBlock(key_, {static_cast<uint32_t>(index),
                              static_cast<uint32_t>(index >> 32), a, b});
  }

 private:
  PhiloxKey key_;
};

// Uniform in [0, n) from one word, n < 2^32: the high half of word * n. The
// bias is at most n / 2^32 of each probability.
inline uint32_t UniformBelow(uint32_t word, uint32_t n) {
  return static_cast<uint32_t>((uint64_t{word} * n) >> 32);
}

// Uniform in [0, 1): the word's 24 high bits, exact in float32.
inline float UniformFloat(uint32_t word) {
  return static_cast<float>(word >> 8) * 0x1.0p-24f;
}

// Uniform in (0, 1): 32 bits and a half, exact in float64; never 0, so that
// its logarithm is finite.
inline double UniformOpenDouble(uint32_t word) {
  return (static_cast<double>(word) + 0.5) * 0x1.0p-32;
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_PHILOX_H_
