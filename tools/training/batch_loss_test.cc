#include "tools/training/batch_loss.h"

#include <span>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

TinyRun& Lines() {
  static TinyRun* run = [] {
    TrainMlmSettings settings = TinySettings();
    settings.set_packing("line");
    settings.set_seq_len(16);
    return new TinyRun("lines", settings);
  }();
  return *run;
}

// Sequences from `first` on, half of their tokens masked.
MlmBatch Load(const TokenCache& cache, int64_t first, int sequences = 2) {
  const MlmLoader loader(cache, {.probability = 0.5,
                                 .vocabulary_size = cache.info().vocabulary_size});
  MlmBatch batch(sequences, cache.seq_len(), loader.max_masked_per_sequence());
  EXPECT_TRUE(loader.Load(first, &batch).ok());
  return batch;
}

Variable Ids(Recording& recording, const Shape& shape, std::span<const int32_t> ids) {
  return recording.Constant(
      Tensor::FromValues<int32_t>(shape, absl::MakeConstSpan(ids.data(), ids.size())));
}

// The loss as models/mini_bert says it, from the batch's numbers.
double Expected(MiniBert& model, const MlmBatch& batch, bool visible) {
  Recording recording;
  const Shape all({batch.sequences(), batch.seq_len()}), masked({batch.masked()});
  MiniBertInputs inputs = {.ids = Ids(recording, all, batch.ids()),
                           .masked_rows = Ids(recording, masked, batch.masked_rows())};
  if (visible) inputs.visible = Ids(recording, all, batch.attention_mask());
  const CrossEntropyResult result = MaskedLanguageModelLoss(
      model.Forward(std::move(inputs)), Ids(recording, masked, batch.labels()));
  return result.loss.value().item();
}

double Loss(MiniBert& model, const MlmBatch& batch) {
  Recording recording;
  return BatchLoss(model, recording, batch).loss.value().item();
}

TEST(BatchLoss, IsTheModelsOnTheBatch) {
  TinyRun run("stream");
  MiniBert model({.seed = 1}, run.config());
  const MlmBatch batch = Load(*run.data.train, 0);
  ASSERT_FALSE(batch.padded());
  ASSERT_GT(batch.masked(), 1);
  EXPECT_EQ(Loss(model, batch), Expected(model, batch, /*visible=*/false));
}

TEST(BatchLoss, AttentionDoesNotSeePadding) {
  MiniBert model({.seed = 1}, Lines().config());
  const MlmBatch batch = Load(*Lines().data.train, 0);
  ASSERT_TRUE(batch.padded());
  EXPECT_EQ(Loss(model, batch), Expected(model, batch, /*visible=*/true));
  EXPECT_NE(Loss(model, batch), Expected(model, batch, /*visible=*/false));
}

TEST(BatchLoss, CountsTheGuessed) {
  MiniBert model({.seed = 1}, Lines().config());
  const MlmBatch batch = Load(*Lines().data.train, 0);
  // A decoder that always says the first label.
  for (float& weight : ParameterNumbers(model, "decoder.weight")) weight = 0;
  ParameterNumbers(model, "decoder.bias")[batch.labels()[0]] = 1;
  int guessed = 0;
  for (const int32_t label : batch.labels()) guessed += label == batch.labels()[0];
  Recording recording;
  EXPECT_EQ(BatchLoss(model, recording, batch).correct.value().item(), guessed);
}

TEST(BatchLoss, TakesTheBatchesMemoryForItsBound) {
  MiniBert model({.seed = 1}, Lines().config());
  std::vector<int> masked;
  std::vector<int64_t> peaks;
  for (int64_t first = 0; first < 160; first += 16) {
    const MlmBatch batch = Load(*Lines().data.train, first, 16);
    ASSERT_TRUE(batch.padded());
    Allocator::Default().account().ResetPeaks();
    Loss(model, batch);
    masked.push_back(batch.masked());
    peaks.push_back(Allocator::Default().account().peak(Purpose::kActivation));
  }
  EXPECT_NE(masked, std::vector<int>(masked.size(), masked[0]));
  EXPECT_EQ(peaks, std::vector<int64_t>(peaks.size(), peaks[0]));
}

}  // namespace
}  // namespace hairpin
