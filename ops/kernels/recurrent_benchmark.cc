// The steps of an LSTM and of a GRU, 32 sequences of 64 steps and 256 units, without the products
// that are not part of them.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/recurrent.h"

namespace hairpin::kernels {
namespace {

constexpr RecurrentShape kShape = {.batch = 32, .steps = 64, .hidden = 256};
constexpr int64_t kStates = kShape.batch * kShape.hidden;
constexpr int64_t kUnits = kStates * kShape.steps;

// Arrays of `gates` gates; what is written holds numbers in (0, 1) as activated gates do.
struct Arrays {
  explicit Arrays(int64_t gates)
      : weights(gates * kShape.hidden * kShape.hidden, 0.01f),
        bias(gates * kShape.hidden, 0.1f),
        state(kStates, 0.5f),
        in(gates * kUnits, 0.3f),
        saved(4 * kUnits, 0.6f),
        out(kUnits, 0.4f),
        cells(kUnits, 0.2f),
        d_gates(gates * kUnits),
        d_hidden(gates * kUnits),
        d_state(kStates) {}
  void* Workspace(int64_t bytes) {
    workspace.resize(bytes + 64);
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(workspace.data()) + 63) / 64 *
                                   64);
  }
  std::vector<float> weights, bias, state, in, saved, out, cells, d_gates, d_hidden, d_state;
  std::vector<char> workspace;
};

// One product of the states and W_hh for each step, either way.
void SetProductCounters(benchmark::State& state, int64_t gates) {
  SetFlopsCounters(state, 2.0 * kUnits * static_cast<double>(gates * kShape.hidden));
}

// The gates are made anew in each iteration, in their memory: their values don't matter.
void BM_LstmForward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays x(4);
  void* const workspace = x.Workspace(LstmForwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    LstmForward<float>(kShape,
                       {x.weights.data(), x.bias.data(), x.state.data(), x.state.data(),
                        x.in.data(), x.cells.data(), x.out.data(), nullptr, nullptr},
                       workspace);
    benchmark::ClobberMemory();
  }
  SetProductCounters(state, 4);
}
BENCHMARK(BM_LstmForward)->Apply(OneAndAllThreads);

void BM_LstmBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays x(4);
  void* const workspace = x.Workspace(LstmBackwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    LstmBackward<float>(kShape,
                        {x.weights.data(), x.state.data(), x.saved.data(), x.cells.data(),
                         x.out.data(), nullptr, nullptr, x.d_gates.data(), nullptr, nullptr},
                        workspace);
    benchmark::ClobberMemory();
  }
  SetProductCounters(state, 4);
}
BENCHMARK(BM_LstmBackward)->Apply(OneAndAllThreads);

void BM_GruForward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays x(3);
  void* const workspace = x.Workspace(GruForwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    GruForward<float>(kShape,
                      {x.weights.data(), x.bias.data(), x.state.data(), x.in.data(),
                       x.saved.data(), x.out.data(), nullptr},
                      workspace);
    benchmark::ClobberMemory();
  }
  SetProductCounters(state, 3);
}
BENCHMARK(BM_GruForward)->Apply(OneAndAllThreads);

void BM_GruBackward(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  Arrays x(3);
  void* const workspace = x.Workspace(GruBackwardWorkspaceBytes(kShape, sizeof(float)));
  for (auto _ : state) {
    GruBackward<float>(kShape,
                       {x.weights.data(), x.state.data(), x.saved.data(), x.out.data(),
                        x.cells.data(), nullptr, x.d_gates.data(), x.d_hidden.data(),
                        x.d_state.data()},
                       workspace);
    benchmark::ClobberMemory();
  }
  SetProductCounters(state, 3);
}
BENCHMARK(BM_GruBackward)->Apply(OneAndAllThreads);

}  // namespace
}  // namespace hairpin::kernels
