#include "autograd/number_checker.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "autograd/recording.h"
#include "tensor/index_text.h"

namespace hairpin {
namespace {

// How many operations on the way to the bad one are named.
constexpr int kMaxSteps = 8;

// Numbers from here on are worth a word where something overflowed.
constexpr double kLarge = 1e9;

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

double LargestMagnitude(const Tensor& tensor) {
  double largest = 0;
  if (!tensor || tensor.dry() || !IsFloating(tensor.dtype())) return largest;
  DispatchFloating(tensor.dtype(), [&]<class T>() {
    for (int64_t i = 0; i < tensor.num_elements(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(tensor.data<T>()[i])));
    }
  });
  return largest;
}

// What the values that an operation read say about what it made.
class Causes {
 public:
  explicit Causes(absl::Span<const Tensor> results) : results_(results) {}

  void Look(const std::string& what, const ValueView& value) {
    // One that a result was written over shows the result's numbers.
    if (value.tensor && std::any_of(results_.begin(), results_.end(), [&](const Tensor& result) {
          return result && result.SharesStorageWith(value.tensor);
        })) {
      return;
    }
    const NotFinite bad = FindNotFinite(value.tensor);
    if (bad.count > 0) {
      absl::StrAppend(&bad_, "; its ", what, " already had ", bad.count, ", ", bad.value, " at ",
                      IndexText(value.spec.shape, bad.first));
    } else if (const double magnitude = LargestMagnitude(value.tensor); magnitude > largest_) {
      largest_ = magnitude;
      large_ = absl::StrCat("; its ", what, " is finite, up to ", magnitude);
    }
  }

  // "; its parameter decoder.weight already had 1, nan at [5, 7]", for each that was
  // bad; where none was, the one with the largest number, if it is large.
  std::string Text() const { return bad_.empty() ? large_ : bad_; }

 private:
  absl::Span<const Tensor> results_;
  std::string bad_, large_;
  double largest_ = kLarge;
};

std::string WhyNotFinite(const OperationRun& run, const NodeView& node,
                         absl::Span<const Tensor> results) {
  Causes causes(results);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueView& input = node.inputs[i];
    causes.Look(InputText(input, static_cast<int>(i)), input);
  }
  if (run.phase != RunPhase::kBackward) return causes.Text();
  const uint32_t read = node.op->stages()[run.stage].outputs;
  const size_t first_extra = node.outputs.size() - node.num_extras;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if ((read >> i & 1) == 0) continue;
    const ValueView& output = node.outputs[i];
    causes.Look(i < first_extra ? absl::StrCat("output ", i)
                                : absl::StrCat("extra ", i - first_extra, " of shape ",
                                               output.spec.shape.ToString()),
                output);
  }
  return causes.Text();
}

// The number of the node that made the first input which was made by one; -1: none.
int64_t Before(const Recording&, const NodeView& node) {
  const auto from = std::find_if(node.inputs.begin(), node.inputs.end(),
                                 [](const ValueView& value) { return !value.input(); });
  return from == node.inputs.end() ? -1 : from->node;
}

// The first node that read an output and handed a gradient back to it; -1: none.
int64_t Reader(const Recording& recording, const NodeView& node) {
  for (int64_t i = node.number + 1; i < recording.num_nodes(); ++i) {
    const NodeView reader = recording.node(i);
    const bool differentiated =
        std::any_of(reader.outputs.begin(), reader.outputs.end(),
                    [](const ValueView& value) { return value.requires_gradient; });
    if (differentiated && std::any_of(reader.inputs.begin(), reader.inputs.end(),
                                      [&](const ValueView& v) { return v.node == node.number; })) {
      return i;
    }
  }
  return -1;
}

// The operations that led to `node`, each the `next` of the one that it led to.
std::string Way(const Recording& recording, const NodeView& node, const char* begin,
                int64_t (*next)(const Recording&, const NodeView&)) {
  std::string text;
  NodeView at = node;
  for (int step = 0;; ++step) {
    const int64_t number = next(recording, at);
    if (number < 0) return text;
    if (step == kMaxSteps) return text + " <- ...";
    at = recording.node(number);
    absl::StrAppend(&text, step == 0 ? begin : " <- ", NodeText(at));
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

std::string NotFiniteText(const NotFinite& bad, const Shape& shape) {
  return absl::StrCat("has ", bad.count,
                      bad.count == 1 ? " number that is not finite, "
                                     : " numbers that are not finite, the first ",
                      bad.value, " at ", IndexText(shape, bad.first));
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
        " of shape ", results[i].shape().ToString(), " ", NotFiniteText(bad, results[i].shape()),
        WhyNotFinite(run, node, results),
        backward ? Way(run.recording, node, "; the gradient came from ", Reader)
                 : Way(run.recording, node, "; reached from ", Before));
    return;
  }
}

void NumberChecker::Clear() {
  scope_.clear();
  report_.clear();
}

}  // namespace hairpin
