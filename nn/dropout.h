// Dropout with a fixed rate. No parameters.
//
//   nn::Dropout dropout(context, 0.1);
//   x = dropout.Forward(std::move(x));          // x itself where the recording doesn't train
#ifndef HAIRPIN_NN_DROPOUT_H_
#define HAIRPIN_NN_DROPOUT_H_

#include "nn/module.h"
#include "ops/dropout.h"

namespace hairpin::nn {

class Dropout : public Layer {
 public:
  // 0 <= rate < 1.
  Dropout(const ModuleContext& context, double rate) : rate_(rate) {}
  Variable Forward(Variable x) override { return Forward(std::move(x), {}); }
  // x [R, C] whose row r stands for row rows[r] of a larger tensor, with that
  // row's draws; `rows` may be empty.
  Variable Forward(Variable x, Variable rows) {
    const Scope scope = EnterScope(x.recording());
    return hairpin::Dropout(std::move(x), rate_, std::move(rows));
  }

 private:
  double rate_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_DROPOUT_H_
