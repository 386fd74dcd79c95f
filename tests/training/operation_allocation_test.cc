// An Op never allocates: its shape rule and cost, Forward and each stage of Backward
// take no memory from the system, nor does recording it again in an emptied recording.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "autograd/recording.h"
#include "gtest/gtest.h"
#include "ops/max.h"
#include "ops/mean.h"
#include "ops/registry.h"
#include "ops/sum.h"
#include "tensor/tensor.h"
#include "tests/training/malloc_counter.h"

namespace hairpin {
namespace {

// What is taken between Begin and Results.
class AllocationObserver final : public Observer {
 public:
  void Begin(const OperationRun&) override { before_ = NumAllocations(); }
  void Results(const OperationRun& run, absl::Span<const Tensor>) override {
    if (NumAllocations() == before_) return;
    takers_ += std::string(run.op.name()) + (run.phase == RunPhase::kForward ? " F" : " B");
  }
  std::string Take() { return std::exchange(takers_, ""); }

 private:
  int64_t before_ = 0;
  std::string takers_;
};

// Forward and backward of one sample.
void RunSample(const OpDefinition& operation, const OpSample& sample, Recording& recording) {
  std::vector<Variable> inputs, roots;
  std::vector<Tensor> seeds;
  for (const Tensor& input : sample.inputs) {
    inputs.push_back(!input                       ? Variable()
                     : IsFloating(input.dtype()) ? recording.Input(input)
                                                 : recording.Constant(input));
  }
  for (const Variable& output : operation.apply(recording, sample.attributes, inputs)) {
    if (!output.requires_gradient()) continue;
    roots.push_back(output);
    seeds.push_back(Tensor::Zeros(output.spec()));
  }
  if (!roots.empty()) recording.Backward(roots, seeds);
}

// Of what an Op says of its inputs.
int64_t TakenByRules(const NodeView& node) {
  std::vector<TensorSpec> specs;
  for (const ValueView& input : node.inputs) specs.push_back(input.spec);
  const int64_t before = NumAllocations();
  int64_t seen = node.op->InferOutputs(specs).num_outputs + node.op->cost(specs).forward_flops;
  seen += node.op->ForwardWorkspaceBytes(specs);
  for (size_t s = 0; s < node.op->stages().size(); ++s) {
    seen += node.op->BackwardWorkspaceBytes(static_cast<int>(s), specs);
  }
  const int64_t taken = NumAllocations() - before;
  EXPECT_GE(seen, 0);
  return taken;
}

TEST(OperationAllocation, NoOpTakesAny) {
  AllocationObserver observer;
  const RecordingOptions options = {.observer = &observer};
  Recording recording(options);
  for (const OpDefinition& operation : Operations()) {
    for (const OpSample& sample : operation.samples) {
      SCOPED_TRACE(operation.name + " " + sample.name);
      // The first time makes room, in the allocator and the arena.
      for (int i = 0; i < 3; ++i) {
        observer.Take();
        recording.Reset(options);
        RunSample(operation, sample, recording);
      }
      EXPECT_EQ(observer.Take(), "");
      for (int64_t n = 0; n < recording.num_nodes(); ++n) {
        EXPECT_EQ(TakenByRules(recording.node(n)), 0);
      }
    }
  }
}

// Of calls as a model makes them: nothing between the caller and the Op does either.
TEST(OperationAllocation, ReductionsOverAllAxesTakeNone) {
  Recording recording;
  const Tensor x = Tensor::Zeros({DType::kFloat32, {3, 4, 5}});
  int64_t taken = 0;
  for (int i = 0; i < 3; ++i) {
    recording.Reset({});
    const Variable input = recording.Input(x);
    const int64_t before = NumAllocations();
    Sum(input), Mean(input), Max(input);
    taken = NumAllocations() - before;
  }
  EXPECT_EQ(taken, 0);
}

}  // namespace
}  // namespace hairpin
