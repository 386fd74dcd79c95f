// An operation on shapes alone, at a price: what planners are tested with.
//
//   Variable y = Priced({.flops = 5000, .saves_input = true, .elements = 64}, x);
#ifndef HAIRPIN_AUTOGRAD_PRICED_OP_H_
#define HAIRPIN_AUTOGRAD_PRICED_OP_H_

#include <cstdint>
#include <utility>

#include "autograd/testing_ops.h"

namespace hairpin::testing_ops {

struct Price {
  int64_t flops = 0;
  // What backward reads.
  bool saves_input = false, saves_output = false;
  int64_t elements = 128;  // of the output, float64
};

// Of one or two inputs. Cheap below 100 FLOPs.
class PricedOp final : public TestOp {
 public:
  explicit PricedOp(const Price& price)
      : price_(price),
        stage_{.gradients = 0b11,
               .inputs = price.saves_input ? 0b11u : 0u,
               .outputs = price.saves_output ? 1u : 0u} {}
  const char* name() const override { return "priced"; }
  OutputSpecs InferOutputs(Specs) const override {
    return {{DType::kFloat64, Shape({price_.elements})}};
  }
  void Forward(const ForwardArgs&) const override {}
  Stages stages() const override { return absl::MakeConstSpan(&stage_, 1); }
  void Backward(int, const BackwardArgs&) const override {}
  Cost cost(Specs) const override { return {price_.flops, 2 * price_.flops, price_.flops < 100}; }

 private:
  Price price_;
  BackwardStage stage_;
};

inline Variable Priced(const Price& price, Variable a, Variable b = {}) {
  Recording& recording = a.recording();
  const Op* op = recording.New<PricedOp>(price);
  return b ? recording.Apply(op, std::move(a), std::move(b)) : recording.Apply(op, std::move(a));
}

}  // namespace hairpin::testing_ops

#endif  // HAIRPIN_AUTOGRAD_PRICED_OP_H_
