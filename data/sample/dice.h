// Choices for the sample corpus: a pure function of the line's number, by Philox.
//
//   Dice dice(17);
//   dice.Pick(Jobs()).object;
#ifndef HAIRPIN_DATA_SAMPLE_DICE_H_
#define HAIRPIN_DATA_SAMPLE_DICE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "tensor/philox.h"

namespace hairpin::sample {

class Dice {
 public:
  explicit Dice(uint32_t line) : line_(line) {}

  // Uniform in [0, n).
  int Below(int n) { return UniformBelow(Word(), n); }
  bool Percent(int chance) { return Below(100) < chance; }

  template <class T>
  const T& Pick(absl::Span<const T> things) {
    return things[Below(static_cast<int>(things.size()))];
  }

 private:
  uint32_t Word() {
    static const Philox philox(DeriveKey(/*seed=*/0, Stream::kSampleText));
    return philox.At(draws_++, line_)[0];
  }

  uint32_t line_;
  uint64_t draws_ = 0;
};

}  // namespace hairpin::sample

#endif  // HAIRPIN_DATA_SAMPLE_DICE_H_
