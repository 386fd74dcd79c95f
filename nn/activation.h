// Elementwise functions as layers, for Sequential. No parameters.
//
//   mlp.Append<nn::Relu>("relu");
#ifndef HAIRPIN_NN_ACTIVATION_H_
#define HAIRPIN_NN_ACTIVATION_H_

#include <utility>

#include "nn/module.h"
#include "ops/relu.h"
#include "ops/sigmoid.h"
#include "ops/silu.h"
#include "ops/tanh.h"

namespace hairpin::nn {

template <Variable (*kFunction)(Variable)>
class UnaryLayer : public Layer {
 public:
  explicit UnaryLayer(const ModuleContext& context) {}
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    return kFunction(std::move(x));
  }
};

using Relu = UnaryLayer<hairpin::Relu>;
using Sigmoid = UnaryLayer<hairpin::Sigmoid>;
using Silu = UnaryLayer<hairpin::Silu>;
using Tanh = UnaryLayer<hairpin::Tanh>;

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_ACTIVATION_H_
