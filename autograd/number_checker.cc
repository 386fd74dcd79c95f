#include "autograd/number_checker.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "autograd/recording.h"

namespace hairpin {
namespace {

// How many operations on the way to the bad one are named.
constexpr int kMaxSteps = 8;

template <class T>
NotFinite Find(absl::Span<const T> values) {
  NotFinite found;
  // Two loops: the first has no branches, and is all there is to do as a rule.
  for (const T value : values) found.count += !std::isfinite(value);
  if (found.count == 0) return found;
  const auto first =
      std::find_if(values.begin(), values.end(), [](T value) { return !std::isfinite(value); });
  found.first = first - values.begin();
  found.value = static_cast<double>(*first);
  return found;
}

std::string NodeText(const NodeView& node) {
  return absl::StrCat(node.scope, *node.scope == '\0' ? "" : ": ", node.op->name(), " (node ",
                      node.number, ")");
}

// What a message calls a value that goes into an operation.
std::string InputText(const ValueView& value, int i) {
  if (value.parameter != nullptr) return absl::StrCat("parameter ", value.parameter->name());
  return value.input()
             ? absl::StrCat("input ", i, " (a constant of shape ", value.spec.shape.ToString(), ")")
             : absl::StrCat("input ", i, " (made by node ", value.node, ")");
}

// "; its parameter decoder.weight already had 1, nan at [5, 7]", for each such input.
std::string BadInputs(const NodeView& node, absl::Span<const Tensor> results) {
  std::string text;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const Tensor& input = node.inputs[i].tensor;
    // One that a result was written over shows the result's numbers.
    if (input && std::any_of(results.begin(), results.end(), [&](const Tensor& result) {
          return result && result.SharesStorageWith(input);
        })) {
      continue;
    }
    const NotFinite bad = FindNotFinite(input);
    if (bad.count == 0) continue;
    absl::StrAppend(&text, "; its ", InputText(node.inputs[i], static_cast<int>(i)),
                    " already had ", bad.count, ", ", bad.value, " at ",
                    IndexText(node.inputs[i].spec.shape, bad.first));
  }
  return text;
}

// The operations that led to `node`, along the first input that has one.
std::string Way(const Recording& recording, const NodeView& node) {
  std::string text;
  NodeView at = node;
  for (int step = 0;; ++step) {
    const auto from = std::find_if(at.inputs.begin(), at.inputs.end(),
                                   [](const ValueView& value) { return !value.input(); });
    if (from == at.inputs.end()) return text;
    if (step == kMaxSteps) return text + " <- ...";
    at = recording.node(from->node);
    absl::StrAppend(&text, step == 0 ? "; reached from " : " <- ", NodeText(at));
  }
}

}  // namespace

NotFinite FindNotFinite(const Tensor& tensor) {
  if (!tensor || tensor.dry() || !IsFloating(tensor.dtype())) return {};
  NotFinite found;
  DispatchFloating(tensor.dtype(), [&]<class T>() {
    found = Find<T>({tensor.data<T>(), static_cast<size_t>(tensor.num_elements())});
  });
  return found;
}

std::string IndexText(const Shape& shape, int64_t index) {
  std::string text;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    text = absl::StrCat(index % shape[axis], text.empty() ? "" : ", ", text);
    index /= shape[axis];
  }
  return absl::StrCat("[", text, "]");
}

void NumberChecker::Results(const OperationRun& run, absl::Span<const Tensor> results) {
  if (found()) return;
  const bool backward = run.phase == RunPhase::kBackward;
  for (size_t i = 0; i < results.size(); ++i) {
    const NotFinite bad = FindNotFinite(results[i]);
    if (bad.count == 0) continue;
    const NodeView node = run.recording.node(run.node);
    if (!backward && i + node.num_extras >= results.size()) return;
    scope_ = run.scope;
    report_ = absl::StrCat(
        NodeText(node), ", ", Name(run.phase), ": ",
        backward ? absl::StrCat("the gradient of ",
                                InputText(node.inputs[i], static_cast<int>(i)))
                 : absl::StrCat("output ", i),
        " of shape ", results[i].shape().ToString(), " has ", bad.count,
        bad.count == 1 ? " number that is not finite, "
                       : " numbers that are not finite, the first ",
        bad.value, " at ", IndexText(results[i].shape(), bad.first), BadInputs(node, results),
        Way(run.recording, node));
    return;
  }
}

void NumberChecker::Clear() {
  scope_.clear();
  report_.clear();
}

}  // namespace hairpin
