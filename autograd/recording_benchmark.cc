// What the graph itself costs for each operation, on values of one number: recording it, and
// going back through it.
#include <cstdint>
#include <utility>

#include "autograd/parameter.h"
#include "autograd/profile.h"
#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "benchmark/benchmark.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

constexpr int64_t kNodes = 1000;

void SetNodes(benchmark::State& state) {
  state.counters["s/node"] =
      benchmark::Counter(kNodes, benchmark::Counter::kIsIterationInvariantRate |
                                     benchmark::Counter::kInvert);
}

// y = x w w ... w: each product saves two values, and all add to one gradient.
Variable Record(Recording& recording, Parameter& weight, Tensor x) {
  Variable y = recording.Constant(std::move(x));
  for (int64_t i = 0; i < kNodes; ++i) y = testing_ops::Mul(std::move(y), recording.Use(weight));
  return y;
}

void Run(benchmark::State& state, bool gradients, bool backward, Observer* observer) {
  Parameter weight("w", Tensor::FromValues<double>({1}, {1.0}));
  const Tensor x = Tensor::FromValues<double>({1}, {1.0});
  Recording recording;
  for (auto _ : state) {
    recording.Reset({.gradients = gradients, .observer = observer});
    const Variable y = Record(recording, weight, x);
    if (backward) recording.Backward(y);
  }
  SetNodes(state);
}

void BM_Evaluate(benchmark::State& state) { Run(state, false, false, nullptr); }
BENCHMARK(BM_Evaluate);

void BM_Record(benchmark::State& state) { Run(state, true, false, nullptr); }
BENCHMARK(BM_Record);

void BM_RecordAndBackward(benchmark::State& state) { Run(state, true, true, nullptr); }
BENCHMARK(BM_RecordAndBackward);

void BM_RecordAndBackwardWithProfile(benchmark::State& state) {
  Profile profile;
  Run(state, true, true, &profile);
}
BENCHMARK(BM_RecordAndBackwardWithProfile);

}  // namespace
}  // namespace hairpin
