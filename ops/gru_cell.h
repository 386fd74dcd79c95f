// One step of a gated recurrent unit (ops/gru.h).
//
// x [B, C]; h [B, H]; weights and biases as in gru. The result: h [B, H] after the step.
#ifndef HAIRPIN_OPS_GRU_CELL_H_
#define HAIRPIN_OPS_GRU_CELL_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable GruCell(Variable x, Variable h, Variable w_ih, Variable w_hh, Variable b_ih,
                 Variable b_hh);

OpDefinition GruCellDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GRU_CELL_H_
