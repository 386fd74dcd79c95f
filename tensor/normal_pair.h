// Normal random numbers out of uniform words, two at a time.
//
//   const PhiloxWords words = philox.At(i);
//   const auto [a, b] = NormalPair(words[0], words[1]);
//
// Source: Box, Muller, "A note on the generation of random normal deviates", 1958.
#ifndef HAIRPIN_TENSOR_NORMAL_PAIR_H_
#define HAIRPIN_TENSOR_NORMAL_PAIR_H_

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "tensor/philox.h"

namespace hairpin {

// Two independent normal numbers with mean 0 and this deviation, of two independent uniform words:
//   r = deviation sqrt(-2 ln u), {r cos(2 pi w), r sin(2 pi w)}, u and w in (0, 1)
inline std::array<double, 2> NormalPair(uint32_t u, uint32_t w, double deviation = 1) {
  const double r = deviation * std::sqrt(-2 * std::log(UniformOpenDouble(u)));
  const double angle = 2 * std::numbers::pi * UniformOpenDouble(w);
  return {r * std::cos(angle), r * std::sin(angle)};
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_NORMAL_PAIR_H_
