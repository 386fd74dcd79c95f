// DigitsTask and VaeTask: what a micro-batch's loss is a function of.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/digits/digits_task.h"
#include "tools/digits/vae_task.h"
#include "tools/training/evaluation.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

// Images of 8 x width in three classes; with each class a third is light.
Dataset Images(int count, int width = 8) {
  std::vector<uint8_t> bytes;
  std::vector<int32_t> classes;
  for (int i = 0; i < count; ++i) {
    for (int pixel = 0; pixel < 8 * width; ++pixel) {
      const bool light = pixel * 3 / (8 * width) == i % 3;
      bytes.push_back(static_cast<uint8_t>(light ? 200 + i : pixel % 50));
    }
    classes.push_back(i % 3);
  }
  Dataset images = Dataset::FromBytes(Shape({1, 8, width}), std::move(bytes));
  images.SetClasses(std::move(classes), {"top", "middle", "bottom"});
  return images;
}

DatasetTaskOptions Options(const Dataset& images, int micro_batch) {
  return {.dataset = images,
          .train = {0, 1, 2, 3, 4, 5, 6, 7},
          .evaluation = {8, 9, 10, 11, 12},
          .micro_batch = micro_batch,
          .seed = 3};
}

// The losses and terms of samples [first, first + micro_batch).
TaskLoss Train(TrainingTask& task, Recording& recording, int64_t first) {
  EXPECT_TRUE(task.Load(first, 0).ok());
  recording.Reset({});
  return task.Record(recording, 0);
}
float LossOf(TrainingTask& task, int64_t first) {
  Recording recording;
  return Train(task, recording, first).loss.value().data<float>()[0];
}
double EvaluationOf(TrainingTask& task) {
  Recording recording;
  const absl::StatusOr<Score> score = Evaluate(task, recording);
  EXPECT_TRUE(score.ok()) << score.status();
  return score->loss();
}

TEST(DigitsModelOf, IsOfTheImagesOrAnError) {
  const Dataset squares = Images(6), others = Images(6, 9);
  const auto model = DigitsModelOf("vit", 0.1, squares);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(std::get<VitConfig>(*model).image_size(), 8);
  EXPECT_EQ(std::get<VitConfig>(*model).classes(), 3);
  EXPECT_EQ(std::get<LenetConfig>(*DigitsModelOf("lenet", 0, others)).width(), 9);
  EXPECT_THAT(DigitsModelOf("vit", 0, others).status().ToString(),
              HasSubstr("--images: found images of 8 x 9, expected squares for --model=vit"));
  EXPECT_THAT(DigitsModelOf("forest", 0, squares).status().ToString(),
              HasSubstr("--model: found 'forest', expected lenet or vit"));
}

TEST(DigitsTask, AugmentsTrainingAlone) {
  const Dataset images = Images(13);
  const DigitsModel model = *DigitsModelOf("vit", 0, images);
  DigitsTask plain({.seed = 1}, model, {}, Options(images, 4));
  DigitsTask shifted({.seed = 1}, model, {.shift = 2, .seed = 1}, Options(images, 4));
  EXPECT_NE(LossOf(shifted, 0), LossOf(plain, 0));
  EXPECT_EQ(LossOf(shifted, 0), LossOf(shifted, 0));  // by the samples' numbers
  // Eight samples on, the records may be the same and how they are shifted is not.
  EXPECT_NE(LossOf(shifted, 0), LossOf(shifted, 8));
  EXPECT_EQ(EvaluationOf(shifted), EvaluationOf(plain));
}

TEST(DigitsTask, MixupIsOfTwoImagesAndTheirClasses) {
  const Dataset images = Images(13);
  const DigitsModel model = *DigitsModelOf("vit", 0, images);
  const DatasetTaskOptions options = Options(images, 4);
  DigitsTask plain({.seed = 1}, model, {}, options);
  DigitsTask mixed({.seed = 1}, model, {.seed = 5}, options, /*mixup=*/0.4);
  const Mixup mixup(images, options.train, {.alpha = 0.4, .seed = 5});
  const Batcher batcher(images, options.train, {.seed = options.seed});
  double expected = 0, correct = 0;
  for (int64_t sample = 4; sample < 8; ++sample) {
    const auto [partner, share] = mixup.Of(sample);
    const int64_t record = batcher.RecordOfSample(sample);
    std::vector<float> image(64), other(64);
    images.ReadFeatures(record, image);
    images.ReadFeatures(partner, other);
    for (int i = 0; i < 64; ++i) image[i] = share * image[i] + (1 - share) * other[i];
    Recording recording;
    const std::vector<double> x =
        mixed.model()
            .Forward(recording.Constant(Tensor::FromValues<float>({1, 1, 8, 8}, image)))
            .value()
            .ToDoubles();
    const double log_sum = std::log(std::exp(x[0]) + std::exp(x[1]) + std::exp(x[2]));
    expected += log_sum - share * x[record % 3] - (1 - share) * x[partner % 3];
    const int64_t likelier = share > 0.5f ? record % 3 : partner % 3;
    correct += x[likelier] == std::max({x[0], x[1], x[2]}) ? 1 : 0;
  }
  Recording recording;
  ASSERT_TRUE(mixed.Load(0, 0).ok());
  ASSERT_TRUE(mixed.Load(4, 1).ok());  // micro-batches lie beside each other
  const TaskLoss loss = mixed.Record(recording, 1);
  EXPECT_NEAR(loss.loss.value().item(), expected, 1e-5 * expected);
  EXPECT_EQ(loss.correct.value().item(), correct);
  EXPECT_EQ(EvaluationOf(mixed), EvaluationOf(plain));
  EXPECT_EQ(mixed.BatchBytes(0), plain.BatchBytes(0) + 4 * 3 * 4);
}

TEST(DigitsTask, ConfusionIsOfAllRecordsForEvaluation) {
  const Dataset images = Images(13);
  DigitsTask task({.seed = 1}, *DigitsModelOf("lenet", 0.5, images), {}, Options(images, 2));
  const absl::StatusOr<ConfusionMatrix> matrix = task.Confusion();
  ASSERT_TRUE(matrix.ok()) << matrix.status();
  EXPECT_EQ(matrix->total(), 5);
  for (int k = 0; k < 3; ++k) {  // of 8, ..., 12 one is of class 1, and two each of the others
    EXPECT_EQ(matrix->count(k, 0) + matrix->count(k, 1) + matrix->count(k, 2), k == 1 ? 1 : 2);
  }
  Recording recording;
  EXPECT_EQ(matrix->correct(), Evaluate(task, recording)->correct);
}

VaeConfig SmallVae() {
  VaeConfig config;
  config.set_features(64);
  config.set_hidden(16);
  config.set_latent(5);
  return config;
}

// Noise belongs to a sample, not to its place in a micro-batch.
TEST(VaeTask, LossIsTheSumOverItsSamples) {
  const Dataset images = Images(13);
  VaeTask whole({.seed = 1}, SmallVae(), Options(images, 4));
  VaeTask halves({.seed = 1}, SmallVae(), Options(images, 2));
  const float loss = LossOf(whole, 4);
  EXPECT_NEAR(loss, LossOf(halves, 4) + LossOf(halves, 6), 1e-5 * loss);
  EXPECT_NE(loss, LossOf(whole, 12));  // the next epoch draws other noise
  Recording recording;
  const TaskLoss parts = Train(whole, recording, 4);
  EXPECT_NEAR(loss,
              parts.terms[0].value().data<float>()[0] + parts.terms[1].value().data<float>()[0],
              1e-5 * loss);
  EXPECT_EQ(EvaluationOf(whole), EvaluationOf(whole));
  EXPECT_NEAR(EvaluationOf(whole), EvaluationOf(halves), 1e-5 * EvaluationOf(whole));
}

TEST(StandardNormal, HasMeanAndDeviationAndIsAFunctionOfItsNumber) {
  constexpr int64_t kCount = 100000;
  std::vector<float> x(kCount), again(7), other(7);
  StandardNormal(1, 5, kCount, x.data());
  double sum = 0, squares = 0, fourth = 0;
  for (const double v : x) sum += v, squares += v * v, fourth += v * v * v * v;
  EXPECT_NEAR(sum / kCount, 0, 0.01);
  EXPECT_NEAR(squares / kCount, 1, 0.02);
  EXPECT_NEAR(fourth / kCount, 3, 0.2);
  StandardNormal(1, 5, 7, again.data());
  EXPECT_TRUE(std::equal(again.begin(), again.end(), x.begin()));
  StandardNormal(1, 6, 7, other.data());
  EXPECT_NE(again, other);
}

}  // namespace
}  // namespace hairpin
