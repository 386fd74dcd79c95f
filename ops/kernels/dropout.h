// Dropout, T float or double.
//
//   kernels::Dropout(x, rows, C, {.probability = 0.1, .key = key}, false, y);
//   kernels::Dropout(dy, rows, C, same, false, dx);           // its backward
//
// Element number e is kept where UniformFloat(word e % 4 of Philox block
// {low half of e / 4, high half, 0, 0} under key) >= probability. The draw is a
// pure function of key and e: nothing is saved for backward.
#ifndef HAIRPIN_OPS_KERNELS_DROPOUT_H_
#define HAIRPIN_OPS_KERNELS_DROPOUT_H_

#include <cstdint>

#include "tensor/philox.h"

namespace hairpin::kernels {

struct DropoutDraw {
  double probability = 0;  // of being dropped, in [0, 1)
  PhiloxKey key;
  // Element (r, c) of the array has number row_ids[r] * C + c, and r * C + c if
  // this is null: rows computed alone draw as they do among all.
  const int32_t* row_ids = nullptr;
};

// y (=|+=) x / (1 - probability) where kept, 0 elsewhere. x and y are [rows, C];
// y may be x.
template <typename T>
void Dropout(const T* x, int64_t rows, int64_t C, const DropoutDraw& draw, bool accumulate, T* y);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_DROPOUT_H_
