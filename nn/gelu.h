// GELU as a layer, for Sequential. No parameters.
//
//   mlp.Append<nn::Gelu>("gelu");
#ifndef HAIRPIN_NN_GELU_H_
#define HAIRPIN_NN_GELU_H_

#include <utility>

#include "nn/module.h"
#include "ops/gelu.h"

namespace hairpin::nn {

class Gelu : public Layer {
 public:
  explicit Gelu(const ModuleContext& context) {}
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    return hairpin::Gelu(std::move(x));
  }
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_GELU_H_
