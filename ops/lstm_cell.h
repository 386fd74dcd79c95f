// One step of a long short-term memory (ops/lstm.h).
//
// x [B, C]; h, c [B, H]; weights and biases as in lstm. The result: h and c [B, H] after the step.
#ifndef HAIRPIN_OPS_LSTM_CELL_H_
#define HAIRPIN_OPS_LSTM_CELL_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct LstmCellResult {
  Variable h, c;
};

LstmCellResult LstmCell(Variable x, Variable h, Variable c, Variable w_ih, Variable w_hh,
                        Variable b_ih, Variable b_hh);

OpDefinition LstmCellDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LSTM_CELL_H_
