#include "tools/training/dataset_task.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ops/sum.h"
#include "tensor/storage.h"
#include "tools/training/evaluation.h"
#include "tools/training/run.pb.h"

namespace hairpin {
namespace {

// Seven records of a cache line each and more: 20 features i, class i mod 2, target i / 2.
Dataset Records() {
  std::vector<float> features, targets;
  std::vector<int32_t> classes;
  for (int i = 0; i < 7; ++i) {
    features.insert(features.end(), 20, static_cast<float>(i));
    classes.push_back(i % 2);
    targets.push_back(static_cast<float>(i) / 2);
  }
  Dataset dataset = Dataset::FromFloats(Shape({20}), std::move(features));
  dataset.SetClasses(std::move(classes), {"even", "odd"});
  dataset.SetTargets(std::move(targets), 1);
  return dataset;
}

// Sums what it is given.
class SumTask final : public DatasetTask {
 public:
  explicit SumTask(const Dataset& dataset)
      : DatasetTask({.dataset = dataset,
                     .train = {0, 1, 2, 3},
                     .evaluation = {4, 5, 6},
                     .micro_batch = 2,
                     .seed = 3}) {}
  nn::Module& model() override { return model_; }
  const google::protobuf::Message& config() const override { return config_; }
  TaskWords words() const override { return {.terms = {"target"}}; }

 private:
  TaskLoss Loss(DatasetInputs inputs) override {
    EXPECT_EQ(inputs.classes.spec().dtype, DType::kInt32);
    return {.loss = Sum(std::move(inputs.features)), .terms = {Sum(std::move(inputs.targets))}};
  }
  struct None final : nn::Module {};
  None model_;
  TrainingSettings config_;  // any message
};

TEST(DatasetTask, EvaluatesEveryRecordOnce) {
  const Dataset dataset = Records();
  SumTask task(dataset);
  Recording recording;
  const absl::StatusOr<Score> score = Evaluate(task, recording);
  ASSERT_TRUE(score.ok());
  EXPECT_EQ(score->count, 3);
  EXPECT_EQ(score->loss_sum, 20 * (4 + 5 + 6));
  EXPECT_EQ(score->terms[0], (4 + 5 + 6) / 2.0);
}

// An epoch has each record for training once, whatever the order.
TEST(DatasetTask, TrainsOnTheRecordsForTraining) {
  const Dataset dataset = Records();
  SumTask task(dataset);
  Recording recording;
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(task.Load(2 * i, i).ok());
    EXPECT_EQ(task.size(i).count, 2);
    EXPECT_EQ(task.size(i).inputs, 2);
    recording.Reset({});
    sum += ScoreOf(task.Record(recording, i), 2).loss_sum;
  }
  EXPECT_EQ(sum, 20 * (0 + 1 + 2 + 3));
}

TEST(DatasetTask, DryItTakesTheMemoryOfAFullBatch) {
  const Dataset dataset = Records();
  SumTask task(dataset);
  Allocator dry(Allocator::Kind::kDry);
  {
    Recording recording({.allocator = &dry});
    task.Record(recording, 0);
  }
  ASSERT_TRUE(task.LoadEvaluation(2).ok());  // one record
  Allocator::Default().account().ResetPeaks();
  {
    Recording recording;
    task.Record(recording, TrainingTask::kEvaluation);
  }
  EXPECT_EQ(Allocator::Default().account().peak(Purpose::kActivation),
            dry.account().peak(Purpose::kActivation));
  EXPECT_EQ(task.BatchBytes(0), 2 * (4 * (20 + 1 + 1) + 8));
}

}  // namespace
}  // namespace hairpin
