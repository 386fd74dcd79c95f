// One vector for a sequence, and vectors of length 1: what sentence models end with.
//
//   Variable vectors = nn::MeanPooling(std::move(hidden), visible);     // [B, T, C] -> [B, C]
//   vectors = nn::UnitLength(std::move(vectors));     // then a product is the cosine
//
// Both are made of operations: no rules of their own.
#ifndef HAIRPIN_NN_POOLING_H_
#define HAIRPIN_NN_POOLING_H_

#include "autograd/recording.h"

namespace hairpin::nn {

// y_b = sum_t v_bt x_bt / sum_t v_bt. x [B, T, C]; v int32 [B, T], 1 where a token stands and 0 for
// padding, at least one 1 in each row.
Variable MeanPooling(Variable x, Variable visible);

// y = x / sqrt(sum(x^2) + 1e-12) over the last axis.
Variable UnitLength(Variable x);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_POOLING_H_
