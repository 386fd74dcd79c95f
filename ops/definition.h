// OpDefinition: what the house knows of an operation besides its Op: the
// formula, how to make it from attributes, and samples on which it is checked.
//
// Adding an operation (say `exp`):
//   ops/exp.h, ops/exp.cc   the function Exp(x), its Op, ExpDefinition()
//   ops/registry.cc         X(Exp)
//   ops/BUILD.bazel         "exp": dict(kernels = [...], deps = [...])
// and from then on it is gradient-checked, replayed, compared with PyTorch's
// values and measured with all others. An operation without samples fails.
#ifndef HAIRPIN_OPS_DEFINITION_H_
#define HAIRPIN_OPS_DEFINITION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "autograd/attributes.h"
#include "autograd/recording.h"
#include "tensor/tensor.h"

namespace hairpin {

// One set of inputs. Floating ones are float64 (the checks cast them to
// float32 as well) and lie at least 1e-2 away from kinks and ties; ids and
// masks are int32. A null tensor is an optional input left out.
struct OpSample {
  std::string name;
  Attributes attributes = {};
  std::vector<Tensor> inputs = {};
};

struct OpDefinition {
  std::string name;     // Op::name(), and the name in the golden manifests
  std::string formula;  // one line: "y = exp(x)"
  // Names of the inputs in apply's order, as in the golden manifests.
  std::vector<std::string> inputs;
  // The same of the outputs that PyTorch has, in the order in which apply returns them.
  std::vector<std::string> outputs = {"out"};
  // Runs the operation. inputs[i] is empty where an optional one is left out.
  std::function<std::vector<Variable>(Recording&, const Attributes&, absl::Span<const Variable>)>
      apply;
  std::vector<OpSample> samples;
};

// --- Sample tensors, the same every time ------------------------------------

// Uniform in [low, high), float64.
Tensor SampleUniform(const Shape& shape, double low = -2, double high = 2, uint64_t seed = 0);
// The same, but no value closer than `gap` to zero: sign(u) (gap + |u|).
Tensor SampleAwayFromZero(const Shape& shape, double gap = 0.05, uint64_t seed = 0);
// int32, uniform in [low, high).
Tensor SampleIds(const Shape& shape, int32_t low, int32_t high, uint64_t seed = 0);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_DEFINITION_H_
