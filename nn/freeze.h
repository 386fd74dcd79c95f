// Freezing parts of a model: their parameters get no gradient, so no optimizer made then moves
// them, and what only they would need isn't computed.
//
//   nn::Freeze(model.encoder());
//   AdamW optimizer(DecayMatricesOnly(model, 0.01));      // of the others
#ifndef HAIRPIN_NN_FREEZE_H_
#define HAIRPIN_NN_FREEZE_H_

#include "nn/module.h"

namespace hairpin::nn {

// All parameters of the module and its children. One that is tied is frozen wherever it is used.
inline void Freeze(Module& module, bool frozen = true) {
  module.VisitParameters([frozen](const ParameterVisit& visit) {
    visit.parameter.set_requires_gradient(!frozen);
  });
}
inline void Unfreeze(Module& module) { Freeze(module, false); }

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_FREEZE_H_
