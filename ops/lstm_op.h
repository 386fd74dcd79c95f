// The Op of lstm and lstm_cell.
#ifndef HAIRPIN_OPS_LSTM_OP_H_
#define HAIRPIN_OPS_LSTM_OP_H_

#include "ops/recurrent.h"
#include "tensor/saturate.h"

namespace hairpin {

class LstmOp final : public Op {
 public:
  explicit LstmOp(bool cell) : cell_(cell) {}
  const char* name() const override { return cell_ ? "lstm_cell" : "lstm"; }

  // out (not of a cell), h_out, c_out; extra: i, f, g, o [B, T, 4 H], then c of each step
  // [B, T, H].
  OutputSpecs InferOutputs(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const DType dtype = inputs[kX].dtype;
    const TensorSpec state = inputs[kH], extra = {dtype, Shape({s.B, s.T, 5 * s.H})};
    if (cell_) return OutputSpecs({state, state}, {extra});
    return OutputSpecs({{dtype, Shape({s.B, s.T, s.H})}, state, state}, {extra});
  }

  void Forward(const ForwardArgs& args) const override {
    const RecurrentSizes s = Sizes(RecurrentSpecs<7>(
        [&](int i) -> const TensorSpec& { return args.input(i).spec(); }));
    DispatchFloating(args.input(kX).dtype(), [&]<class T>() {
      T* const gates = args.output(extra()).raw<T>();
      kernels::MatMul(s.InputProduct(), args.input(kX).data<T>(), args.input(s.w_ih()).data<T>(),
                      args.input(s.b_ih()).data<T>(), gates, args.workspace());
      kernels::LstmForward<T>(
          s.kernel(),
          {.w_hh = args.input(s.w_hh()).data<T>(),
           .b_hh = args.input(s.b_hh()).data<T>(),
           .h = args.input(kH).data<T>(),
           .c = args.input(kC).data<T>(),
           .gates = gates,
           .cells = gates + 4 * s.rows() * s.H,
           .out = args.output(0).raw<T>(),
           .h_out = cell_ ? nullptr : args.output(1).raw<T>(),
           .c_out = args.output(cell_ ? 1 : 2).raw<T>()},
          args.workspace());
    });
  }

  // All at once: every gradient goes through the steps.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1111111,
                                                 .inputs = 0b0011111,
                                                 .outputs = 0b1001,
                                                 .accumulates = 0b1111001}};
    static constexpr BackwardStage kCellStages[] = {{.gradients = 0b1111111,
                                                     .inputs = 0b0011111,
                                                     .outputs = 0b100,
                                                     .accumulates = 0b1111001}};
    return cell_ ? Stages(kCellStages) : Stages(kStages);
  }

  void Backward(int stage, const BackwardArgs& args) const override {
    const RecurrentSizes s = Sizes(RecurrentSpecs<7>(
        [&](int i) -> const TensorSpec& { return args.input_spec(i); }));
    DispatchFloating(args.input_spec(kX).dtype, [&]<class T>() {
      const auto upstream = [&](int output) {
        return args.upstream(output) ? args.upstream(output).data<T>() : nullptr;
      };
      const auto gradient = [&](int input) {
        return args.needs(input) ? args.gradient(input).raw<T>() : nullptr;
      };
      WorkspacePieces pieces(args.workspace());
      T* const d_gates = pieces.Take<T>(4 * s.rows() * s.H);
      T* const previous = pieces.Take<T>(s.rows() * s.H);
      const T* const gates = args.output(extra()).data<T>();
      kernels::LstmBackward<T>(s.kernel(),
                               {.w_hh = args.input(s.w_hh()).data<T>(),
                                .c = args.input(kC).data<T>(),
                                .gates = gates,
                                .cells = gates + 4 * s.rows() * s.H,
                                .d_out = cell_ ? nullptr : upstream(0),
                                .d_h_out = upstream(cell_ ? 0 : 1),
                                .d_c_out = upstream(cell_ ? 1 : 2),
                                .d_gates = d_gates,
                                .d_h = gradient(kH),
                                .d_c = gradient(kC)},
                               pieces.Rest());
      RecurrentGradients<T>(args, s, d_gates, d_gates, args.input(kH).data<T>(),
                            cell_ ? nullptr : args.output(0).data<T>(), previous, pieces.Rest());
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const int64_t size = SizeOf(inputs[kX].dtype);
    return std::max(kernels::MatMulWorkspaceBytes(s.InputProduct(), size),
                    kernels::LstmForwardWorkspaceBytes(s.kernel(), size));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const int64_t size = SizeOf(inputs[kX].dtype);
    return WorkspacePieces::Bytes(4 * s.rows() * s.H, size) +
           WorkspacePieces::Bytes(s.rows() * s.H, size) +
           std::max(s.BackwardProductBytes(size),
                    kernels::LstmBackwardWorkspaceBytes(s.kernel(), size));
  }

  // Two products forward, four backward; the gates' functions.
  Cost cost(Specs inputs) const override {
    const RecurrentSizes s = Sizes(inputs);
    const Int128 units = Int128{s.rows()} * s.H, products = 8 * units * (s.C + s.H);
    return {.forward_flops = Saturate(products + 100 * units),
            .backward_flops = Saturate(2 * products + 50 * units),
            .cheap = false};
  }

 private:
  static constexpr int kX = 0, kH = 1, kC = 2;
  RecurrentSizes Sizes(Specs inputs) const { return CheckRecurrent(name(), inputs, 4, 2, cell_); }
  int extra() const { return cell_ ? 2 : 3; }

  bool cell_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LSTM_OP_H_
