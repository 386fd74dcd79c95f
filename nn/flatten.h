// Flatten: all axes but the first into one. No parameters.
//
//   layers.Append<nn::Flatten>("flatten");              // [B, C, H, W] -> [B, C H W]
#ifndef HAIRPIN_NN_FLATTEN_H_
#define HAIRPIN_NN_FLATTEN_H_

#include <utility>

#include "nn/module.h"
#include "ops/reshape.h"

namespace hairpin::nn {

class Flatten : public Layer {
 public:
  explicit Flatten(const ModuleContext& context) {}
  // x [B, ...], y [B, the product of the others].
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    const Shape shape = x.shape();
    // -1, as the bound of a batch that may be shorter has another number of records.
    return Reshape(std::move(x), {-1, shape.Product(1, shape.rank())});
  }
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_FLATTEN_H_
