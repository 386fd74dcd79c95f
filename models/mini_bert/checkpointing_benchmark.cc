// What each policy of checkpointing costs: time of a micro-batch beside bytes, of the
// flagship and of models of 64 channels by depth. For honest ratios run the policies in
// turns: bazel run //models/mini_bert:checkpointing_benchmark -- --benchmark_repetitions=7
// with --benchmark_enable_random_interleaving=true. And how fast a budget is planned, for
// the flagship and deep models.
#include <memory>
#include <string>
#include <vector>

#include "autograd/planner.h"
#include "benchmark/benchmark.h"
#include "models/mini_bert/mini_bert.h"
#include "tensor/philox.h"
#include "tensor/storage.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

constexpr int64_t kBatch = 8, kTokens = 64, kMasked = 72;
constexpr int32_t kVocabulary = 8192;

MiniBertConfig Config(int layers, int hidden) {
  MiniBertConfig config = MiniPreset();
  config.set_vocab_size(kVocabulary);
  config.set_layers(layers);
  config.set_hidden(hidden);
  config.set_intermediate(4 * hidden);
  return config;
}

// Ids of a micro-batch; every seventh position is masked.
Tensor Ids(const Shape& shape, Allocator& allocator, int64_t below, int64_t stride) {
  Tensor ids = Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, allocator);
  if (allocator.dry()) return ids;
  const Philox philox(DeriveKey(0, Stream::kTest));
  for (int64_t i = 0; i < shape.num_elements(); ++i) {
    ids.raw<int32_t>()[i] = static_cast<int32_t>(
        stride > 0 ? i * stride
                   : 5 + UniformBelow(philox.At(i)[0], static_cast<uint32_t>(below - 5)));
  }
  return ids;
}

std::vector<Variable> Record(MiniBert& model, Recording& recording) {
  Allocator& allocator = recording.allocator();
  const auto constant = [&](const Shape& shape, int64_t stride) {
    return recording.Constant(Ids(shape, allocator, kVocabulary, stride));
  };
  CrossEntropyResult result = MaskedLanguageModelLoss(
      model.Forward({.ids = constant({kBatch, kTokens}, 0), .masked_rows = constant({kMasked}, 7)}),
      constant({kMasked}, 0));
  return {std::move(result.loss), std::move(result.correct)};
}

// A model without numbers, for the planner.
struct DryModel {
  explicit DryModel(const MiniBertConfig& config) : model({.allocator = &allocator}, config) {}
  DryGraph graph() {
    return {.allocator = allocator,
            .record = [this](Recording& recording) { return Record(model, recording); }};
  }
  Allocator allocator{Allocator::Kind::kDry};
  MiniBert model;
};

// "budget:50" is per cent of none's peak; "budget:0" the least there is.
std::unique_ptr<PlanPolicy> MakePlan(const MiniBertConfig& config, const std::string& name) {
  DryModel dry(config);
  if (name == "segments:auto") return std::make_unique<PlanPolicy>(PlanSegments(dry.graph()));
  int64_t budget = MeasurePolicy(dry.graph(), KeepAll()).peak * std::stoll(name.substr(7)) / 100;
  if (budget == 0) budget = LeastBudget(dry.graph());
  return std::make_unique<PlanPolicy>(*PlanBudget(dry.graph(), budget));
}

void RunPolicy(benchmark::State& state, const MiniBertConfig& config, const std::string& name) {
  SetNumThreads(2);
  std::unique_ptr<PlanPolicy> plan;
  const SavedPolicy* policy = nullptr;
  for (const SavedPolicy* fixed : {&KeepAll(), &RecomputeCheap(), &RecomputeSegments()}) {
    if (name == fixed->name()) policy = fixed;
  }
  if (policy == nullptr) policy = (plan = MakePlan(config, name)).get();
  MiniBert model({}, config);
  Recording recording;
  Account& account = Allocator::Default().account();
  for (auto _ : state) {
    recording.Reset({.policy = policy});
    account.ResetPeaks();
    const std::vector<Variable> alive = Record(model, recording);
    recording.Backward(alive[0]);
  }
  DryModel dry(config);
  const PolicyCost cost = MeasurePolicy(dry.graph(), *policy);
  state.counters["peak_MB"] = static_cast<double>(account.peak_recording()) / (1 << 20);
  state.counters["kept_MB"] = static_cast<double>(cost.kept) / (1 << 20);
  state.counters["replays"] = static_cast<double>(cost.replays);
}

void BM_Policy(benchmark::State& state, const std::string& name) {
  RunPolicy(state, Config(3, 192), name);
}
#define HAIRPIN_POLICY(id, name) \
  BENCHMARK_CAPTURE(BM_Policy, id, name)->Unit(benchmark::kMillisecond)->UseRealTime()
HAIRPIN_POLICY(none, "none");
HAIRPIN_POLICY(cheap, "cheap");
HAIRPIN_POLICY(segments, "segments");
HAIRPIN_POLICY(segments_auto, "segments:auto");
HAIRPIN_POLICY(budget_50, "budget:50");
HAIRPIN_POLICY(budget_least, "budget:0");

// Argument: layers.
void BM_Depth(benchmark::State& state, const std::string& name) {
  RunPolicy(state, Config(static_cast<int>(state.range(0)), 64), name);
}
#define HAIRPIN_DEPTH(id, name)                                                    \
  BENCHMARK_CAPTURE(BM_Depth, id, name)->RangeMultiplier(2)->Range(3, 96)->Unit(   \
      benchmark::kMillisecond)->UseRealTime()
HAIRPIN_DEPTH(none, "none");
HAIRPIN_DEPTH(segments_auto, "segments:auto");

// Arguments: layers, channels, per cent of none's peak.
void BM_PlanBudget(benchmark::State& state) {
  DryModel dry(Config(static_cast<int>(state.range(0)), static_cast<int>(state.range(1))));
  const int64_t none = MeasurePolicy(dry.graph(), KeepAll()).peak;
  for (auto _ : state) {
    benchmark::DoNotOptimize(PlanBudget(dry.graph(), none * state.range(2) / 100));
  }
}
BENCHMARK(BM_PlanBudget)
    ->Args({3, 192, 50})
    ->Args({96, 64, 30})
    ->Args({400, 64, 30})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hairpin
