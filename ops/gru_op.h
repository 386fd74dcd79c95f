// The Op of gru and gru_cell.
#ifndef HAIRPIN_OPS_GRU_OP_H_
#define HAIRPIN_OPS_GRU_OP_H_

#include "ops/recurrent.h"
#include "tensor/saturate.h"

namespace hairpin {

class GruOp final : public Op {
 public:
  explicit GruOp(bool cell) : cell_(cell) {}
  const char* name() const override { return cell_ ? "gru_cell" : "gru"; }

  // out (not of a cell), h_out; extra: r, z, n, m of each step, m the state's part of n.
  OutputSpecs InferOutputs(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const DType dtype = inputs[kX].dtype;
    const TensorSpec extra = {dtype, Shape({s.B, s.T, 4 * s.H})};
    if (cell_) return OutputSpecs({inputs[kH]}, {extra});
    return OutputSpecs({{dtype, Shape({s.B, s.T, s.H})}, inputs[kH]}, {extra});
  }

  void Forward(const ForwardArgs& args) const override {
    const RecurrentSizes s = Sizes(RecurrentSpecs<6>(
        [&](int i) -> const TensorSpec& { return args.input(i).spec(); }));
    DispatchFloating(args.input(kX).dtype(), [&]<class T>() {
      WorkspacePieces pieces(args.workspace());
      T* const a = pieces.Take<T>(3 * s.rows() * s.H);
      kernels::MatMul(s.InputProduct(), args.input(kX).data<T>(), args.input(s.w_ih()).data<T>(),
                      args.input(s.b_ih()).data<T>(), a, pieces.Rest());
      kernels::GruForward<T>(s.kernel(),
                             {.w_hh = args.input(s.w_hh()).data<T>(),
                              .b_hh = args.input(s.b_hh()).data<T>(),
                              .h = args.input(kH).data<T>(),
                              .a = a,
                              .gates = args.output(extra()).raw<T>(),
                              .out = args.output(0).raw<T>(),
                              .h_out = cell_ ? nullptr : args.output(1).raw<T>()},
                             pieces.Rest());
    });
  }

  // All at once: every gradient goes through the steps.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b111111, .inputs = 0b001111, .outputs = 0b101, .accumulates = 0b111101}};
    static constexpr BackwardStage kCellStages[] = {
        {.gradients = 0b111111, .inputs = 0b001111, .outputs = 0b10, .accumulates = 0b111101}};
    return cell_ ? Stages(kCellStages) : Stages(kStages);
  }

  void Backward(int stage, const BackwardArgs& args) const override {
    const RecurrentSizes s = Sizes(RecurrentSpecs<6>(
        [&](int i) -> const TensorSpec& { return args.input_spec(i); }));
    DispatchFloating(args.input_spec(kX).dtype, [&]<class T>() {
      const auto upstream = [&](int output) {
        return args.upstream(output) ? args.upstream(output).data<T>() : nullptr;
      };
      WorkspacePieces pieces(args.workspace());
      T* const d_gates = pieces.Take<T>(3 * s.rows() * s.H);
      T* const d_hidden = pieces.Take<T>(3 * s.rows() * s.H);
      T* const previous = pieces.Take<T>(s.rows() * s.H);
      const T* const h = args.input(kH).data<T>();
      const T* const out = cell_ ? nullptr : args.output(0).data<T>();
      kernels::GruBackward<T>(s.kernel(),
                              {.w_hh = args.input(s.w_hh()).data<T>(),
                               .h = h,
                               .gates = args.output(extra()).data<T>(),
                               .out = out,
                               .d_out = cell_ ? nullptr : upstream(0),
                               .d_h_out = upstream(cell_ ? 0 : 1),
                               .d_gates = d_gates,
                               .d_hidden = d_hidden,
                               .d_h = args.needs(kH) ? args.gradient(kH).raw<T>() : nullptr},
                              pieces.Rest());
      RecurrentGradients<T>(args, s, d_gates, d_hidden, h, out, previous, pieces.Rest());
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const int64_t size = SizeOf(inputs[kX].dtype);
    return WorkspacePieces::Bytes(3 * s.rows() * s.H, size) +
           std::max(kernels::MatMulWorkspaceBytes(s.InputProduct(), size),
                    kernels::GruForwardWorkspaceBytes(s.kernel(), size));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const int64_t size = SizeOf(inputs[kX].dtype);
    return 2 * WorkspacePieces::Bytes(3 * s.rows() * s.H, size) +
           WorkspacePieces::Bytes(s.rows() * s.H, size) +
           std::max(s.BackwardProductBytes(size),
                    kernels::GruBackwardWorkspaceBytes(s.kernel(), size));
  }

  // Two products forward, four backward; the gates' functions.
  Cost cost(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const Int128 units = Int128{s.rows()} * s.H, products = 6 * units * (s.C + s.H);
    return {.forward_flops = Saturate(products + 70 * units),
            .backward_flops = Saturate(2 * products + 40 * units),
            .cheap = false};
  }

 private:
  static constexpr int kX = 0, kH = 1;
  RecurrentSizes Sizes(Specs inputs) const { return CheckRecurrent(name(), inputs, 3, 1, cell_); }
  int extra() const { return cell_ ? 1 : 2; }

  bool cell_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GRU_OP_H_
