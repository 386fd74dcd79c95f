#include "ops/lstm.h"

#include <vector>

#include "ops/lstm_op.h"

namespace hairpin {

LstmResult Lstm(Variable x, Variable h, Variable c, Variable w_ih, Variable w_hh, Variable b_ih,
                Variable b_hh) {
  Recording& recording = x.recording();
  Variable inputs[] = {std::move(x),    std::move(h),    std::move(c),   std::move(w_ih),
                       std::move(w_hh), std::move(b_ih), std::move(b_hh)};
  const auto applied =
      recording.ApplySpan(recording.New<LstmOp>(/*cell=*/false), absl::MakeSpan(inputs));
  return {applied.output(0), applied.output(1), applied.output(2)};
}

OpDefinition LstmDefinition() {
  OpDefinition definition;
  definition.name = "lstm";
  definition.formula = "out = o tanh(c), c = f c + i g, over time";
  definition.inputs = {"x", "h", "c", "w_ih", "w_hh", "b_ih", "b_hh"};
  definition.outputs = {"out", "h_out", "c_out"};
  definition.apply = [](Recording&, const Attributes&, absl::Span<const Variable> x) {
    LstmResult result = Lstm(x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
    return std::vector<Variable>{result.out, result.h, result.c};
  };
  const auto sample = [&](const std::string& name, int64_t B, int64_t T, int64_t C, int64_t H) {
    definition.samples.push_back(
        {.name = name,
         .inputs = RecurrentSample(
             {.B = B, .T = T, .C = C, .H = H, .n = 4, .cell = false, .states = 2})});
  };
  sample("three sequences", 3, 4, 2, 5);
  sample("one of all", 1, 1, 1, 1);
  sample("more units than a vector", 2, 3, 3, 17);
  return definition;
}

}  // namespace hairpin
