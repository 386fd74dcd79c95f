#include "ops/operations_document.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "autograd/graph_view.h"
#include "ops/registry.h"

namespace hairpin {
namespace {

constexpr char kHead[] = R"(# Operations

Made from the registry by `./bazelw run //ops:operations_doc > docs/operations.md`;
//ops:operations_document_test fails where this file says something else.

- **backward reads**: by stage, in the order in which stages run, the gradients (d x) that a stage
  computes and the values that it reads. What only stages read that are not needed is not saved. An
  extra is an output that the caller does not see, with its shape for the sample with most inputs.
- **FLOP**: forward / backward with all gradients, a multiply-add is two. n counts the elements of
  the value named. For products, and where there is no such multiple: the first sample's numbers
  and shapes.
- **in place**: what may be written over what, if nobody else reads it. d y is the gradient by y.

| operation | formula | inputs | attributes | backward reads | FLOP | in place |
| --- | --- | --- | --- | --- | --- | --- |
)";

// One sample, recorded: its node, the Op's attributes, and the names of the inputs present.
struct Recorded {
  NodeView node;
  std::vector<std::string> inputs, attributes;
};

Recorded Record(Recording& recording, const OpDefinition& operation, const OpSample& sample) {
  Recorded recorded;
  std::vector<Variable> inputs;
  for (size_t i = 0; i < sample.inputs.size(); ++i) {
    const Tensor& input = sample.inputs[i];
    if (!input) {
      inputs.emplace_back();
      continue;
    }
    recorded.inputs.push_back(operation.inputs[i]);
    inputs.push_back(IsFloating(input.dtype()) ? recording.Input(input)
                                               : recording.Constant(input));
  }
  const std::vector<Variable> outputs = operation.apply(recording, sample.attributes, inputs);
  for (int64_t i = 0; i < recording.num_nodes() && recorded.node.op == nullptr; ++i) {
    // Found by its name: apply may reshape before and after.
    NodeView node = recording.node(i);
    if (node.op->name() == operation.name) recorded.node = std::move(node);
  }
  HAIRPIN_CHECK(recorded.node.op != nullptr)
      << operation.name << ": apply recorded no operation of that name";
  Attributes attributes;
  recorded.node.op->WriteAttributes(&attributes);
  for (const auto& [name, value] : attributes.fields()) recorded.attributes.push_back(name);
  std::sort(recorded.attributes.begin(), recorded.attributes.end());
  return recorded;
}

const OpSample& SampleWithMostInputs(const OpDefinition& operation) {
  const auto present = [](const OpSample& sample) {
    return std::count_if(sample.inputs.begin(), sample.inputs.end(),
                         [](const Tensor& input) { return static_cast<bool>(input); });
  };
  return *std::max_element(
      operation.samples.begin(), operation.samples.end(),
      [&](const OpSample& a, const OpSample& b) { return present(a) < present(b); });
}

// Whether the formula begins with it: "y", "out", "loss".
std::string OutputName(const OpDefinition& operation) {
  return operation.formula.substr(0, operation.formula.find_first_of(" _["));
}

// "d x: x, extra [40]; ..." for the stages.
std::string BackwardReads(const Recorded& recorded, const std::string& output) {
  const NodeView& node = recorded.node;
  const size_t num_outputs = node.outputs.size() - static_cast<size_t>(node.num_extras);
  std::vector<std::string> stages;
  for (const BackwardStage& stage : node.op->stages()) {
    std::vector<std::string> gradients, reads;
    for (size_t i = 0; i < recorded.inputs.size(); ++i) {
      if (stage.gradients >> i & 1) gradients.push_back("d " + recorded.inputs[i]);
      if (stage.inputs >> i & 1) reads.push_back(recorded.inputs[i]);
    }
    for (size_t k = 0; k < node.outputs.size(); ++k) {
      if (!(stage.outputs >> k & 1)) continue;
      reads.push_back(k < num_outputs
                          ? output
                          : absl::StrCat("extra ", node.outputs[k].spec.shape.ToString()));
    }
    if (gradients.empty()) continue;  // of inputs that this sample has not
    const bool handed_on = (stage.gradients & ~stage.passes) == 0;
    stages.push_back(absl::StrCat(absl::StrJoin(gradients, ", "), ": ",
                                  handed_on       ? "nothing, d " + output + " is handed on"
                                  : reads.empty() ? std::string("nothing")
                                                  : absl::StrJoin(reads, ", ")));
  }
  return stages.empty() ? "no gradients" : absl::StrJoin(stages, "; ");
}

std::string InPlace(const Recorded& recorded, const std::string& output) {
  const Op& op = *recorded.node.op;
  std::vector<std::string> places;
  if (op.is_view()) places.push_back(output + " is a view");
  if (op.overwrites() >= 0) {
    places.push_back(absl::StrCat(output, " over ", recorded.inputs[op.overwrites()]));
  }
  for (const BackwardStage& stage : op.stages()) {
    if (stage.over_upstream >= 0) {
      const std::string& input = recorded.inputs[stage.over_upstream];
      places.push_back(absl::StrCat("d ", input, " over d ", output));
    }
    if (stage.over_input >= 0) {
      const std::string& input = recorded.inputs[stage.over_input];
      places.push_back(absl::StrCat("d ", input, " over ", input));
    }
  }
  return places.empty() ? "-" : absl::StrJoin(places, ", ");
}

// The FLOP of every sample as one multiple of the elements of a value, the first
// for which that holds: "20 n / 30 n, n of y". Not of products, whose third size may
// be the same in all samples.
std::string Flops(const OpDefinition& operation, const std::string& output) {
  struct Sizes {
    Cost cost;
    std::vector<TensorSpec> values;  // the output, then the inputs
  };
  std::vector<Sizes> all;
  std::vector<std::string> names = {output};
  for (const OpSample& sample : operation.samples) {
    Recording recording;
    const Recorded recorded = Record(recording, operation, sample);
    Sizes sizes = {recorded.node.cost, {recorded.node.outputs[0].spec}};
    for (const ValueView& input : recorded.node.inputs) sizes.values.push_back(input.spec);
    if (names.size() == 1) {
      names.insert(names.end(), recorded.inputs.begin(), recorded.inputs.end());
    }
    all.push_back(std::move(sizes));
  }
  const size_t candidates =
      all[0].cost.cheap ? std::min(names.size(), all[0].values.size()) : 0;
  for (size_t v = 0; v < candidates; ++v) {
    const auto elements = [&](const Sizes& sizes) { return sizes.values[v].shape.num_elements(); };
    const int64_t forward = all[0].cost.forward_flops / elements(all[0]);
    const int64_t backward = all[0].cost.backward_flops / elements(all[0]);
    if (!std::all_of(all.begin(), all.end(), [&](const Sizes& sizes) {
          return sizes.values.size() > v &&
                 sizes.cost.forward_flops == forward * elements(sizes) &&
                 sizes.cost.backward_flops == backward * elements(sizes);
        })) {
      continue;
    }
    if (forward == 0 && backward == 0) return "0 / 0";
    return absl::StrCat(forward, " n / ", backward, " n, n of ", names[v]);
  }
  std::vector<std::string> shapes;
  for (size_t v = 1; v < all[0].values.size(); ++v) {
    shapes.push_back(all[0].values[v].shape.ToString());
  }
  return absl::StrCat(all[0].cost.forward_flops, " / ", all[0].cost.backward_flops, " for ",
                      absl::StrJoin(shapes, ", "));
}

}  // namespace

std::string OperationsDocumentRow(const OpDefinition& operation) {
  HAIRPIN_CHECK(!operation.samples.empty()) << operation.name << " has no samples";
  Recording recording;
  const Recorded recorded = Record(recording, operation, SampleWithMostInputs(operation));
  const std::string output = OutputName(operation);
  // A bar would end the cell.
  const std::string formula = absl::StrReplaceAll(operation.formula, {{"|", "\\|"}});
  return absl::StrCat("| ", operation.name, " | `", formula, "` | ",
                      absl::StrJoin(operation.inputs, ", "), " | ",
                      recorded.attributes.empty() ? "-" : absl::StrJoin(recorded.attributes, ", "),
                      " | ", BackwardReads(recorded, output), " | ", Flops(operation, output),
                      " | ", InPlace(recorded, output), " |\n");
}

std::string OperationsDocument() {
  std::string document = kHead;
  for (const OpDefinition& operation : Operations()) {
    document += OperationsDocumentRow(operation);
  }
  return document;
}

}  // namespace hairpin
