// One micro-batch of the flagship (8 x 64, 72 masked positions), forward and
// backward, and a logical step of four with clipping and AdamW.
#include <vector>

#include "benchmark/benchmark.h"
#include "models/mini_bert/mini_bert.h"
#include "ops/kernels/benchmark_util.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

constexpr int64_t kBatch = 8, kTokens = 64, kMaskedPerSequence = 9, kVocabulary = 8192;
constexpr int64_t kMasked = kBatch * kMaskedPerSequence;
constexpr int kAccumulation = 4;
// Multiply-adds counted as two: 3.94 GFLOP with the last layer computed for
// masked rows only, forward and backward.
constexpr double kFlops = 3.94e9;

struct Batch {
  Tensor ids = Tensor::Empty({DType::kInt32, Shape({kBatch, kTokens})});
  Tensor rows = Tensor::Empty({DType::kInt32, Shape({kMasked})});
  Tensor labels = Tensor::Empty({DType::kInt32, Shape({kMasked})});
  Tensor seed = Tensor::Scalar(1.0f / (kAccumulation * kMasked));

  Batch() {
    const Philox philox(DeriveKey(0, Stream::kTest));
    for (int64_t i = 0; i < kBatch * kTokens; ++i) {
      ids.raw<int32_t>()[i] = 5 + UniformBelow(philox.At(i)[0], kVocabulary - 5);
    }
    for (int64_t m = 0; m < kMasked; ++m) {
      const int64_t row = m / kMaskedPerSequence * kTokens + 1 + m % kMaskedPerSequence * 6;
      rows.raw<int32_t>()[m] = static_cast<int32_t>(row);
      labels.raw<int32_t>()[m] = ids.raw<int32_t>()[row];
      ids.raw<int32_t>()[row] = 4;
    }
  }
};

MiniBertConfig Flagship() {
  MiniBertConfig config = MiniPreset();
  config.set_vocab_size(kVocabulary);
  return config;
}

void MicroBatch(MiniBert& model, Recording& recording, const Batch& batch) {
  recording.Reset({});
  const CrossEntropyResult result = MaskedLanguageModelLoss(
      model.Forward({.ids = recording.Constant(batch.ids),
                     .masked_rows = recording.Constant(batch.rows)}),
      recording.Constant(batch.labels));
  recording.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&batch.seed, 1));
}

void BM_MicroBatch(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  MiniBert model({}, Flagship());
  Recording recording;
  const Batch batch;
  for (auto _ : state) MicroBatch(model, recording, batch);
  SetFlopsCounters(state, kFlops);
}
BENCHMARK(BM_MicroBatch)->Apply(OneAndAllThreads)->MinTime(0.5)->Unit(benchmark::kMillisecond);

void BM_LogicalStep(benchmark::State& state) {
  const ThreadsForBenchmark threads(state.range(0));
  MiniBert model({}, Flagship());
  AdamW optimizer(DecayMatricesOnly(model, 0.01));
  Recording recording;
  const Batch batch;
  for (auto _ : state) {
    model.ClearGradients();
    for (int i = 0; i < kAccumulation; ++i) MicroBatch(model, recording, batch);
    optimizer.Step(1e-4, ClipFactor(GlobalGradientNorm(optimizer.parameters()), 1.0));
  }
  SetFlopsCounters(state, kAccumulation * kFlops);
}
BENCHMARK(BM_LogicalStep)->Apply(OneAndAllThreads)->MinTime(0.5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hairpin
