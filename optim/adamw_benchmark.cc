// The end of a step for parameters as many and as large as the flagship's: the norm of all
// gradients, and AdamW.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "autograd/parameter.h"
#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "optim/adamw.h"
#include "optim/clip.h"

namespace hairpin {
namespace {

class Parameters {
 public:
  Parameters() {
    Add({8192, 192});
    Add({8192, 192});
    for (int i = 0; i < 36; ++i) Add({192, 192});
    for (int i = 0; i < 20; ++i) Add({192});
  }
  std::vector<ParameterGroup> groups() { return {{.parameters = pointers_}}; }
  const std::vector<Parameter*>& pointers() { return pointers_; }
  double bytes() const { return bytes_; }  // of all values

 private:
  void Add(const Shape& shape) {
    const auto numbers = [&] {
      return Tensor::FromValues<float>(shape, NumbersForBenchmark(shape.num_elements()));
    };
    owned_.push_back(
        std::make_unique<Parameter>("weight" + std::to_string(owned_.size()), numbers()));
    owned_.back()->GradientMemory().CopyFrom(numbers());
    owned_.back()->MarkGradient();
    pointers_.push_back(owned_.back().get());
    bytes_ += static_cast<double>(shape.num_elements()) * sizeof(float);
  }
  std::vector<std::unique_ptr<Parameter>> owned_;
  std::vector<Parameter*> pointers_;
  double bytes_ = 0;
};

// Gradients read.
void BM_GlobalGradientNorm(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Parameters parameters;
  for (auto _ : state) benchmark::DoNotOptimize(GlobalGradientNorm(parameters.pointers()));
  SetBytesCounters(state, parameters.bytes());
}
BENCHMARK(BM_GlobalGradientNorm)->Apply(OneAndAllThreads);

// Gradients, values and both moments read, the last three written.
void BM_AdamWStep(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Parameters parameters;
  AdamW optimizer(parameters.groups());
  for (auto _ : state) optimizer.Step(1e-6, 1.0);
  SetBytesCounters(state, 7 * parameters.bytes());
}
BENCHMARK(BM_AdamWStep)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin
