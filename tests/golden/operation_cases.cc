#include "tests/golden/operation_cases.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>

#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "nlohmann/json.hpp"
#include "ops/kernels/target.h"

namespace hairpin {
namespace {

using golden::Golden;

// Files of cases.
const char* const kGroups[] = {"ops", "images", "sequence"};

Attributes ToAttributes(const nlohmann::json& json) {
  Attributes attributes;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json.dump(), &attributes).ok());
  return attributes;
}

// The case's inputs in the operation's order, null where it has none of that name; then those of
// names that the operation doesn't list (x0, x1, ... of concat). "mask" is `visible` again.
std::vector<std::string> OrderedInputs(const OpDefinition& operation,
                                       const nlohmann::json& inputs) {
  std::vector<std::string> names;
  for (const std::string& name : operation.inputs) {
    names.push_back(inputs.contains(name) ? name : "");
  }
  for (const auto& [name, tensor] : inputs.items()) {
    if (name != "mask" && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

double LargestMagnitude(const Tensor& tensor) {
  double largest = 0;
  for (const double x : tensor.ToDoubles()) {
    if (std::isfinite(x)) largest = std::max(largest, std::abs(x));
  }
  return largest;
}

// Whether kernels run on a target that may round each product before it is added: those of numbers
// behind AVX2's have no fused multiply-add.
bool OnRoundingTarget() { return KernelTarget() > HWY_AVX2; }

void CheckCase(const Golden& golden, const OpDefinition& operation, const nlohmann::json& c,
               DType dtype, double& largest) {
  SCOPED_TRACE(c["name"].get<std::string>() + (dtype == DType::kFloat64 ? " f64" : " f32"));
  const bool is64 = dtype == DType::kFloat64;
  const std::vector<std::string> names = OrderedInputs(operation, c["inputs"]);
  Recording recording;
  std::vector<Variable> inputs;
  double magnitude = 0;
  for (const std::string& name : names) {
    if (name.empty()) {
      inputs.emplace_back();
      continue;
    }
    const Tensor tensor = golden.Get(c["inputs"][name], dtype);
    magnitude = std::max(magnitude, LargestMagnitude(tensor));
    inputs.push_back(c["gradients"].contains(name) ? recording.Input(tensor)
                                                   : recording.Constant(tensor));
  }
  const bool large = magnitude >= 1000;
  const double tolerance = is64 ? 1e-10 : large ? 2e-3 : OnRoundingTarget() ? 2e-5 : 1e-5;
  const auto compare = [&](const Tensor& actual, const std::string& expected,
                           const std::string& what) {
    ASSERT_TRUE(actual) << what << " was not computed";
    const double difference = golden::RelativeDifference(actual, golden.Get(expected));
    EXPECT_LE(difference, tolerance) << what;
    if (!large) largest = std::max(largest, difference);
  };
  std::vector<Variable> outputs = operation.apply(recording, ToAttributes(c["attributes"]), inputs);
  // Those without a name (the number of targets that cross_entropy counted) are our own.
  ASSERT_EQ(c["outputs"].size(), operation.outputs.size());
  ASSERT_GE(outputs.size(), operation.outputs.size());
  outputs.resize(operation.outputs.size());
  std::vector<Tensor> upstream;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = operation.outputs[i];
    compare(outputs[i].value(), c["outputs"][name], name);
    upstream.push_back(golden.Get(c["upstream"][name], dtype));
  }
  recording.Backward(outputs, upstream);
  // A column of variance 0: the exact gradient is 0, PyTorch's is its rounding (README.md).
  const bool no_variance = c["note"].get<std::string>().starts_with("variance 0");
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || !c["gradients"].contains(names[i])) continue;
    const Tensor& gradient = inputs[i].gradient();
    if (no_variance && names[i] != "bias") {
      EXPECT_LE(LargestMagnitude(gradient), is64 ? 1e-9 : 0.1) << "gradient of " << names[i];
    } else {
      compare(gradient, c["gradients"][names[i]], "gradient of " + names[i]);
    }
  }
}

}  // namespace

absl::StatusOr<OperationCases> OperationCases::Open() {
  std::vector<Golden> groups;
  for (const char* name : kGroups) {
    absl::StatusOr<Golden> group = Golden::Open(name);
    if (!group.ok()) return group.status();
    groups.push_back(*std::move(group));
  }
  return OperationCases(std::move(groups));
}

std::set<std::string> OperationCases::Names() const {
  std::set<std::string> names;
  for (const Golden& group : groups_) {
    for (const nlohmann::json& c : group.manifest()["cases"]) names.insert(c["op"]);
  }
  return names;
}

CasesChecked OperationCases::Check(const OpDefinition& operation, DType dtype) const {
  CasesChecked checked;
  for (const Golden& group : groups_) {
    for (const nlohmann::json& c : group.manifest()["cases"]) {
      if (c["op"] != operation.name) continue;
      CheckCase(group, operation, c, dtype, checked.largest);
      ++checked.count;
    }
  }
  return checked;
}

}  // namespace hairpin
