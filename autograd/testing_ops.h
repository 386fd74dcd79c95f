// Small operations on float64 for the tests of the graph, one for each thing
// that an operation can ask of it. They are plain loops, and their gradients
// are easy to write down.
#ifndef HAIRPIN_AUTOGRAD_TESTING_OPS_H_
#define HAIRPIN_AUTOGRAD_TESTING_OPS_H_

#include <cstdint>
#include <utility>

#include "autograd/op.h"
#include "autograd/recording.h"
#include "autograd/variable.h"
#include "tensor/tensor.h"

namespace hairpin::testing_ops {

// gradient (=|+=) value(i) for each element of input `input`.
template <class Value>
void WriteGradient(const BackwardArgs& args, int input, const Value& value) {
  if (!args.needs(input)) return;
  double* dx = args.gradient(input).raw<double>();
  for (int64_t i = 0; i < args.gradient(input).num_elements(); ++i) {
    dx[i] = value(i) + (args.accumulate(input) ? dx[i] : 0);
  }
}

class TestOp : public Op {
 public:
  OutputSpecs InferOutputs(Specs inputs) const override { return {inputs[0]}; }
  Cost cost(Specs inputs) const override { return {1, 1, true}; }

 protected:
  ~TestOp() = default;
};

// y = a b, of equal shapes. Reads both inputs in backward; adds in place.
class MulOp final : public TestOp {
 public:
  const char* name() const override { return "test_mul"; }
  void Forward(const ForwardArgs& args) const override {
    const double* a = args.input(0).data<double>();
    const double* b = args.input(1).data<double>();
    double* y = args.output(0).raw<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) y[i] = a[i] * b[i];
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b11, .inputs = 0b11, .accumulates = 0b11}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double* dy = args.upstream().data<double>();
    for (int input = 0; input < 2; ++input) {
      const double* other = args.input(1 - input).data<double>();
      WriteGradient(args, input, [&](int64_t i) { return dy[i] * other[i]; });
    }
  }
};

// y = q k v, of equal shapes: one stage makes three gradients, as attention
// does. With kAdds = false it can't add to what is there.
template <bool kAdds>
class TripleOp final : public TestOp {
 public:
  const char* name() const override { return "test_triple"; }
  void Forward(const ForwardArgs& args) const override {
    double* y = args.output(0).raw<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) {
      y[i] = args.input(0).data<double>()[i] * args.input(1).data<double>()[i] *
             args.input(2).data<double>()[i];
    }
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b111, .inputs = 0b111, .accumulates = kAdds ? 0b111 : 0}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double* dy = args.upstream().data<double>();
    for (int input = 0; input < 3; ++input) {
      const double* a = args.input((input + 1) % 3).data<double>();
      const double* b = args.input((input + 2) % 3).data<double>();
      WriteGradient(args, input, [&](int64_t i) { return dy[i] * a[i] * b[i]; });
    }
  }
};

// y = a + b, the smaller repeated along leading axes. Hands its gradient on.
class AddOp final : public TestOp {
 public:
  const char* name() const override { return "test_add"; }
  OutputSpecs InferOutputs(Specs inputs) const override {
    return {{inputs[0].dtype, *BroadcastShapes(inputs[0].shape, inputs[1].shape)}};
  }
  void Forward(const ForwardArgs& args) const override {
    const Tensor &a = args.input(0), &b = args.input(1);
    double* y = args.output(0).raw<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) {
      y[i] = a.data<double>()[i % a.num_elements()] + b.data<double>()[i % b.num_elements()];
    }
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b11, .passes = 0b11, .broadcasts = 0b11}};
    return kStages;
  }
  void Backward(int, const BackwardArgs&) const override {}
  int overwrites() const override { return 0; }
};

// y = factor x. Reads nothing in backward; in place both ways.
class ScaleOp final : public TestOp {
 public:
  explicit ScaleOp(double factor) : factor_(factor) {}
  const char* name() const override { return "test_scale"; }
  void Forward(const ForwardArgs& args) const override {
    const double* x = args.input(0).data<double>();
    double* y = args.output(0).raw<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) y[i] = factor_ * x[i];
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .accumulates = 0b1, .over_upstream = 0}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double* dy = args.upstream().data<double>();
    WriteGradient(args, 0, [&](int64_t i) { return factor_ * dy[i]; });
  }
  int overwrites() const override { return 0; }

 private:
  double factor_;
};

// y = x^2, dx = kSign 2 x dy: of the wrong sign if kSign is -1. Reads its input
// in backward, may write dx over it, and asks for workspace both ways.
template <int kSign = 1>
class SquareOp final : public TestOp {
 public:
  const char* name() const override { return "test_square"; }
  void Forward(const ForwardArgs& args) const override {
    const double* x = args.input(0).data<double>();
    double* scratch = static_cast<double*>(args.workspace());
    double* y = args.output(0).raw<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) scratch[i] = x[i] * x[i];
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) y[i] = scratch[i];
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .inputs = 0b1, .accumulates = 0b1, .over_input = 0}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double* x = args.input(0).data<double>();
    const double* dy = args.upstream().data<double>();
    if (args.upstream().num_elements() == 0) return;  // no elements, no workspace
    double* two = static_cast<double*>(args.workspace());
    *two = 2;
    WriteGradient(args, 0, [&](int64_t i) { return kSign * *two * x[i] * dy[i]; });
  }
  int64_t ForwardWorkspaceBytes(Specs inputs) const override { return inputs[0].bytes(); }
  int64_t BackwardWorkspaceBytes(int, Specs inputs) const override {
    return 3 * inputs[0].bytes();
  }
};

// y = 1 / (1 + x^2) = r, dx = -2 x r^2 dy. Two outputs: y and x + 1; r is an
// extra. Reads its input and the extra.
class BellOp final : public TestOp {
 public:
  const char* name() const override { return "test_bell"; }
  OutputSpecs InferOutputs(Specs inputs) const override {
    return OutputSpecs({inputs[0], inputs[0]}, {inputs[0]});
  }
  void Forward(const ForwardArgs& args) const override {
    const double* x = args.input(0).data<double>();
    for (int64_t i = 0; i < args.output(0).num_elements(); ++i) {
      const double r = 1 / (1 + x[i] * x[i]);
      args.output(0).raw<double>()[i] = r;
      args.output(1).raw<double>()[i] = x[i] + 1;
      args.output(2).raw<double>()[i] = r;
    }
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b1, .inputs = 0b1, .outputs = 0b100, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double* x = args.input(0).data<double>();
    const double* r = args.output(2).data<double>();
    WriteGradient(args, 0, [&](int64_t i) {
      double dx = 0;
      if (args.upstream(0)) dx -= 2 * x[i] * r[i] * r[i] * args.upstream(0).data<double>()[i];
      if (args.upstream(1)) dx += args.upstream(1).data<double>()[i];
      return dx;
    });
  }
};

// The same numbers as one row: a view.
class FlattenOp final : public TestOp {
 public:
  const char* name() const override { return "test_flatten"; }
  OutputSpecs InferOutputs(Specs inputs) const override {
    return {{inputs[0].dtype, Shape({inputs[0].shape.num_elements()})}};
  }
  void Forward(const ForwardArgs&) const override {}
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .passes = 0b1}};
    return kStages;
  }
  void Backward(int, const BackwardArgs&) const override {}
  bool is_view() const override { return true; }
};

// The sum of all elements, a scalar.
class SumOp final : public TestOp {
 public:
  const char* name() const override { return "test_sum"; }
  OutputSpecs InferOutputs(Specs inputs) const override { return {{inputs[0].dtype, Shape()}}; }
  void Forward(const ForwardArgs& args) const override {
    double sum = 0;
    for (const double x : args.input(0).values<double>()) sum += x;
    args.output(0).raw<double>()[0] = sum;
  }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1, .accumulates = 0b1}};
    return kStages;
  }
  void Backward(int, const BackwardArgs& args) const override {
    const double dy = args.upstream().data<double>()[0];
    WriteGradient(args, 0, [&](int64_t) { return dy; });
  }
};

// Each takes Variables by value: move in what may be overwritten.
template <class OpType, class... Variables>
Variable Run(Variable first, Variables... rest) {
  Recording& recording = first.recording();
  return recording.Apply(recording.New<OpType>(), std::move(first), std::move(rest)...);
}
inline Variable Mul(Variable a, Variable b) { return Run<MulOp>(std::move(a), std::move(b)); }
inline Variable Add(Variable a, Variable b) { return Run<AddOp>(std::move(a), std::move(b)); }
inline Variable Square(Variable x) { return Run<SquareOp<>>(std::move(x)); }
inline Variable Flatten(Variable x) { return Run<FlattenOp>(std::move(x)); }
inline Variable Sum(Variable x) { return Run<SumOp>(std::move(x)); }
inline Variable Scale(Variable x, double factor) {
  Recording& recording = x.recording();
  return recording.Apply(recording.New<ScaleOp>(factor), std::move(x));
}
// Both outputs of BellOp.
inline std::pair<Variable, Variable> Bell(Variable x) {
  Recording& recording = x.recording();
  const auto applied = recording.ApplySpan(recording.New<BellOp>(), absl::MakeSpan(&x, 1));
  return {applied.output(0), applied.output(1)};
}

}  // namespace hairpin::testing_ops

#endif  // HAIRPIN_AUTOGRAD_TESTING_OPS_H_
