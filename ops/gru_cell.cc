#include "ops/gru_cell.h"

#include <vector>

#include "ops/gru_op.h"

namespace hairpin {

Variable GruCell(Variable x, Variable h, Variable w_ih, Variable w_hh, Variable b_ih,
                 Variable b_hh) {
  Recording& recording = x.recording();
  Variable inputs[] = {std::move(x),    std::move(h),    std::move(w_ih),
                       std::move(w_hh), std::move(b_ih), std::move(b_hh)};
  return recording.ApplySpan(recording.New<GruOp>(/*cell=*/true), absl::MakeSpan(inputs)).output(0);
}

OpDefinition GruCellDefinition() {
  OpDefinition definition;
  definition.name = "gru_cell";
  definition.formula = "h' = (1 - z) n + z h";
  definition.inputs = {"x", "h", "w_ih", "w_hh", "b_ih", "b_hh"};
  definition.outputs = {"h_out"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    return std::vector<Variable>{GruCell(x[0], x[1], x[2], x[3], x[4], x[5])};
  };
  const auto sample = [&](const std::string& name, int64_t B, int64_t C, int64_t H) {
    definition.samples.push_back(
        {.name = name,
         .inputs = RecurrentSample(
             {.B = B, .T = 1, .C = C, .H = H, .n = 3, .cell = true, .states = 1})});
  };
  sample("three sequences", 3, 2, 5);
  sample("one of all", 1, 1, 1);
  return definition;
}

}  // namespace hairpin
