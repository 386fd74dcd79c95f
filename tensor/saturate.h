// Saturate: counts of bytes and operations that may exceed 64 bits.
//
//   const Int128 flops = Int128{2} * m * k * n;
//   return Saturate(flops);                       // INT64_MAX if it does not fit
//
// What is asked for may be absurd (a model of 10^20 bytes) and is still counted
// before it is refused. Sizes of one Shape fit 64 bits; sums and products of
// several need not.
#ifndef HAIRPIN_TENSOR_SATURATE_H_
#define HAIRPIN_TENSOR_SATURATE_H_

#include <cstdint>

namespace hairpin {

using Int128 = __int128;

// The nearest number of 64 bits.
constexpr int64_t Saturate(Int128 number) {
  if (number > INT64_MAX) return INT64_MAX;
  if (number < INT64_MIN) return INT64_MIN;
  return static_cast<int64_t>(number);
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_SATURATE_H_
