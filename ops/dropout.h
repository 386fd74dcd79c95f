// Dropout: zeroes elements with probability p and scales the others.
//
//   y[i] = x[i] keep(i) / (1 - p),  keep(i) = uniform(key, i) >= p
//   dx[i] = dy[i] keep(i) / (1 - p)
//
// keep is a pure function of the draw's key and the element's index (Philox),
// so nothing is saved and backward draws again.
// Source: Srivastava et al., "Dropout", JMLR 2014.
#ifndef HAIRPIN_OPS_DROPOUT_H_
#define HAIRPIN_OPS_DROPOUT_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

// x itself where p is 0 or the recording does not train (no draw is counted
// then). 0 <= p < 1. With `rows` (int32 [R], x [R, C]) row r of x stands for row
// rows[r] of a larger tensor and gets that row's draws.
Variable Dropout(Variable x, double p, Variable rows = {});

OpDefinition DropoutDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_DROPOUT_H_
