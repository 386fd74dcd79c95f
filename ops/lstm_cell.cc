#include "ops/lstm_cell.h"

#include <vector>

#include "ops/lstm_op.h"

namespace hairpin {

LstmCellResult LstmCell(Variable x, Variable h, Variable c, Variable w_ih, Variable w_hh,
                        Variable b_ih, Variable b_hh) {
  Recording& recording = x.recording();
  Variable inputs[] = {std::move(x),    std::move(h),    std::move(c),   std::move(w_ih),
                       std::move(w_hh), std::move(b_ih), std::move(b_hh)};
  const auto applied =
      recording.ApplySpan(recording.New<LstmOp>(/*cell=*/true), absl::MakeSpan(inputs));
  return {applied.output(0), applied.output(1)};
}

OpDefinition LstmCellDefinition() {
  OpDefinition definition;
  definition.name = "lstm_cell";
  definition.formula = "c' = f c + i g, h' = o tanh(c')";
  definition.inputs = {"x", "h", "c", "w_ih", "w_hh", "b_ih", "b_hh"};
  definition.outputs = {"h_out", "c_out"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    LstmCellResult result = LstmCell(x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
    return std::vector<Variable>{result.h, result.c};
  };
  const auto sample = [&](const std::string& name, int64_t B, int64_t C, int64_t H) {
    definition.samples.push_back(
        {.name = name,
         .inputs = RecurrentSample(
             {.B = B, .T = 1, .C = C, .H = H, .n = 4, .cell = true, .states = 2})});
  };
  sample("three sequences", 3, 2, 5);
  sample("one of all", 1, 1, 1);
  return definition;
}

}  // namespace hairpin
