#include "ops/operation_checks.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/all_policies.h"
#include "autograd/gradcheck.h"
#include "gtest/gtest.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

// A copy of its input: puts a value of the graph before and behind the
// operation under test, which may then be overwritten.
class CopyOp final : public Op {
 public:
  const char* name() const override { return "copy"; }
  OutputSpecs InferOutputs(Specs inputs) const override { return {inputs[0]}; }
  Cost cost(Specs inputs) const override { return {}; }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b1}};
    return kStages;
  }
  void Forward(const ForwardArgs& args) const override {
    Copy(args.input(0), args.output(0));
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    Copy(args.upstream(), args.gradient(0));
  }

 private:
  static void Copy(const Tensor& from, const Tensor& to) {
    if (from.spec().bytes() > 0) {
      std::memcpy(to.raw_bytes(), from.raw_bytes(), from.spec().bytes());
    }
  }
};

Variable CopyOf(Variable x) {
  if (!x || !IsFloating(x.dtype())) return x;
  Recording& recording = x.recording();
  return recording.Apply(recording.New<CopyOp>(), std::move(x));
}

// Inputs of the sample that are there, and the operation as a function of them.
std::vector<Tensor> PresentInputs(const OpSample& sample, DType dtype) {
  std::vector<Tensor> inputs;
  for (const Tensor& input : sample.inputs) {
    if (!input) continue;
    inputs.push_back(IsFloating(input.dtype()) ? input.Cast(dtype) : input);
  }
  return inputs;
}

DifferentiableFunction AsFunction(const OpDefinition& operation, const OpSample& sample,
                                  bool between_copies = false) {
  return [&operation, &sample, between_copies](Recording& recording,
                                               absl::Span<const Variable> present) {
    std::vector<Variable> inputs;
    size_t next = 0;
    for (const Tensor& input : sample.inputs) {
      inputs.push_back(input ? present[next++] : Variable());
      if (between_copies) inputs.back() = CopyOf(std::move(inputs.back()));
    }
    std::unique_ptr<Region> region;
    if (between_copies) region = std::make_unique<Region>(recording, "operation");
    std::vector<Variable> outputs = operation.apply(recording, sample.attributes, inputs);
    region.reset();
    if (between_copies) {
      inputs.clear();
      for (Variable& output : outputs) output = CopyOf(std::move(output));
    }
    return outputs;
  };
}

void ExpectSameBits(const Tensor& a, const Tensor& b, const std::string& what) {
  ASSERT_EQ(static_cast<bool>(a), static_cast<bool>(b)) << what;
  if (!a || a.num_elements() == 0) return;
  ASSERT_EQ(a.shape(), b.shape()) << what;
  EXPECT_EQ(std::memcmp(a.raw_bytes(), b.raw_bytes(), a.spec().bytes()), 0)
      << what << ": bits differ";
}

void ExpectSameBits(const EvaluatedGradients& a, const EvaluatedGradients& b,
                    const std::string& what) {
  ASSERT_EQ(a.outputs.size(), b.outputs.size());
  for (size_t i = 0; i < a.outputs.size(); ++i) {
    ExpectSameBits(a.outputs[i], b.outputs[i], what + ", output " + std::to_string(i));
  }
  for (size_t i = 0; i < a.gradients.size(); ++i) {
    ExpectSameBits(a.gradients[i], b.gradients[i], what + ", gradient " + std::to_string(i));
  }
}

template <class Check>
void ForEachSample(const OpDefinition& operation, const Check& check) {
  ASSERT_FALSE(operation.samples.empty()) << operation.name << " has no samples";
  for (const OpSample& sample : operation.samples) {
    SCOPED_TRACE(operation.name + " " + sample.name);
    check(sample);
  }
}

bool HasNoElements(const NodeView& node) {
  const auto is_empty = [](const ValueView& value) { return value.spec.shape.num_elements() == 0; };
  return std::any_of(node.inputs.begin(), node.inputs.end(), is_empty) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), is_empty);
}

}  // namespace

double CheckGradients(const OpDefinition& operation) {
  double largest = 0;
  ForEachSample(operation, [&](const OpSample& sample) {
    // Where two runs have the same inputs, the second gradient is added to the first.
    const DifferentiableFunction once = AsFunction(operation, sample);
    const DifferentiableFunction twice = [&](Recording& recording,
                                             absl::Span<const Variable> inputs) {
      std::vector<Variable> outputs = once(recording, inputs);
      for (Variable& output : once(recording, inputs)) outputs.push_back(std::move(output));
      return outputs;
    };
    for (const DifferentiableFunction* function : {&once, &twice}) {
      const GradcheckResult result =
          Gradcheck(*function, PresentInputs(sample, DType::kFloat64));
      EXPECT_TRUE(result.ok) << (function == &once ? "" : "added gradients: ") << result.message;
      largest = std::max(largest, result.error);
    }
  });
  return largest;
}

int CheckRecomputation(const OpDefinition& operation, const SavedPolicy& policy) {
  int checked = 0;
  ForEachSample(operation, [&](const OpSample& sample) {
    for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
      const std::vector<Tensor> inputs = PresentInputs(sample, dtype);
      const EvaluatedGradients plain = EvaluateGradients(AsFunction(operation, sample), inputs);
      const DifferentiableFunction inside = AsFunction(operation, sample, /*between_copies=*/true);
      ExpectSameBits(plain, EvaluateGradients(inside, inputs, {.policy = &policy}),
                     std::string("in place, policy ") + policy.name());
    }
    ++checked;
  });
  return checked;
}

void CheckRecomputation(const OpDefinition& operation) {
  for (const SavedPolicy* policy : AllPolicies()) CheckRecomputation(operation, *policy);
}

void CheckThreads(const OpDefinition& operation) {
  ForEachSample(operation, [&](const OpSample& sample) {
    const std::vector<Tensor> inputs = PresentInputs(sample, DType::kFloat32);
    SetNumThreads(1);
    const EvaluatedGradients one = EvaluateGradients(AsFunction(operation, sample), inputs);
    for (const int threads : {2, 3}) {
      SetNumThreads(threads);
      ExpectSameBits(one, EvaluateGradients(AsFunction(operation, sample), inputs),
                     std::to_string(threads) + " threads");
    }
    SetNumThreads(1);
  });
}

void CheckFloat32(const OpDefinition& operation, double tolerance) {
  ForEachSample(operation, [&](const OpSample& sample) {
    // The float64 run starts from the rounded inputs, so only the operation's
    // own rounding is seen.
    std::vector<Tensor> inputs32 = PresentInputs(sample, DType::kFloat32), inputs64;
    for (const Tensor& input : inputs32) {
      inputs64.push_back(IsFloating(input.dtype()) ? input.Cast(DType::kFloat64) : input);
    }
    const EvaluatedGradients a = EvaluateGradients(AsFunction(operation, sample), inputs32);
    const EvaluatedGradients b = EvaluateGradients(AsFunction(operation, sample), inputs64);
    const auto compare = [&](const Tensor& x, const Tensor& y, const std::string& what) {
      ASSERT_EQ(static_cast<bool>(x), static_cast<bool>(y)) << what;
      if (!x) return;
      const std::vector<double> xs = x.ToDoubles(), ys = y.ToDoubles();
      for (size_t i = 0; i < xs.size(); ++i) {
        if (std::isnan(ys[i]) && std::isnan(xs[i])) continue;
        ASSERT_LE(std::abs(xs[i] - ys[i]), tolerance * (1 + std::abs(ys[i])))
            << what << ", element " << i;
      }
    };
    for (size_t i = 0; i < a.outputs.size(); ++i) {
      compare(a.outputs[i], b.outputs[i], "output " + std::to_string(i));
    }
    for (size_t i = 0; i < a.gradients.size(); ++i) {
      compare(a.gradients[i], b.gradients[i], "gradient " + std::to_string(i));
    }
  });
}

void CheckDryRecording(const OpDefinition& operation) {
  ForEachSample(operation, [&](const OpSample& sample) {
    // Runs forward and backward and leaves the peaks in the allocator's account.
    const auto run = [&](Allocator& allocator) {
      std::vector<Tensor> tensors, seeds;
      for (const Tensor& input : PresentInputs(sample, DType::kFloat32)) {
        tensors.push_back(Tensor::Empty(input.spec(), Purpose::kActivation, allocator));
        if (!allocator.dry()) tensors.back().CopyFrom(input);
      }
      Recording recording({.allocator = &allocator});
      std::vector<Variable> inputs, outputs, roots;
      for (const Tensor& tensor : tensors) {
        inputs.push_back(IsFloating(tensor.dtype()) ? recording.Input(tensor)
                                                    : recording.Constant(tensor));
      }
      allocator.account().ResetPeaks();
      outputs = AsFunction(operation, sample, /*between_copies=*/true)(recording, inputs);
      for (const Variable& output : outputs) {
        if (!output.requires_gradient()) continue;
        roots.push_back(output);
        seeds.push_back(Tensor::Empty(output.spec(), Purpose::kActivation, allocator));
        if (!allocator.dry()) seeds.back().SetZero();
      }
      if (!roots.empty()) recording.Backward(roots, seeds);
      const Account account = allocator.account();
      inputs.clear(), outputs.clear(), roots.clear();
      return account;
    };
    Allocator real(Allocator::Kind::kCaching), dry(Allocator::Kind::kDry);
    const Account measured = run(real), predicted = run(dry);
    for (const Purpose purpose : kAllPurposes) {
      EXPECT_EQ(predicted.peak(purpose), measured.peak(purpose)) << Name(purpose);
    }
    EXPECT_EQ(predicted.peak_total(), measured.peak_total());
  });
}

void CheckAttributes(const OpDefinition& operation) {
  ForEachSample(operation, [&](const OpSample& sample) {
    const std::vector<Tensor> inputs = PresentInputs(sample, DType::kFloat64);
    Attributes written;
    const DifferentiableFunction record = [&](Recording& recording,
                                              absl::Span<const Variable> present) {
      std::vector<Variable> outputs = AsFunction(operation, sample)(recording, present);
      // Found by its name: apply may reshape before and after.
      for (int64_t i = 0; i < recording.num_nodes(); ++i) {
        if (recording.node(i).op->name() == operation.name) {
          recording.node(i).op->WriteAttributes(&written);
        }
      }
      return outputs;
    };
    const EvaluatedGradients first = EvaluateGradients(record, inputs);
    OpSample again = sample;
    for (const auto& [name, value] : written.fields()) {
      (*again.attributes.mutable_fields())[name] = value;
    }
    ExpectSameBits(first, EvaluateGradients(AsFunction(operation, again), inputs),
                   "from its written attributes");
    for (const auto& [name, value] : sample.attributes.fields()) {
      EXPECT_TRUE(written.fields().contains(name)) << "attribute " << name << " is not written";
    }
  });
}

void CheckCost(const OpDefinition& operation) {
  ForEachSample(operation, [&](const OpSample& sample) {
    Recording recording;
    std::vector<Variable> inputs;
    for (const Tensor& input : PresentInputs(sample, DType::kFloat64)) {
      inputs.push_back(recording.Input(IsFloating(input.dtype()) ? input : Tensor::Scalar(0.0)));
      if (!IsFloating(input.dtype())) inputs.back() = recording.Constant(input);
    }
    const std::vector<Variable> outputs = AsFunction(operation, sample)(recording, inputs);
    EXPECT_FALSE(outputs.empty());
    bool found = false;
    for (int64_t i = 0; i < recording.num_nodes(); ++i) {
      const NodeView node = recording.node(i);
      if (node.op->name() != operation.name) continue;
      found = true;
      const bool computes = !node.op->is_view() && !HasNoElements(node);
      EXPECT_GE(node.cost.forward_flops, computes ? 1 : 0);
      EXPECT_GE(node.cost.backward_flops, computes ? 1 : 0);
    }
    EXPECT_TRUE(found) << "apply recorded no operation of that name";
  });
}

}  // namespace hairpin
