#include "nn/batch_norm.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nn/checkpoint.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "nn/state_dict.h"
#include "nn/test_util.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

const ModuleContext kDouble = {.dtype = DType::kFloat64, .seed = 3};

Tensor& Buffer(Module& module, const std::string& name) {
  Tensor* found = nullptr;
  module.VisitBuffers([&](const std::string& its_name, Tensor& buffer) {
    if (its_name == name) found = &buffer;
  });
  HAIRPIN_CHECK(found != nullptr) << "no buffer " << name;
  return *found;
}

void Train(BatchNorm& norm, const Tensor& x) {
  Recording recording({.train = true});
  norm.Forward(recording.Constant(x));
}

TEST(BatchNormTest, StartsAsNothing) {
  BatchNorm norm(kDouble, {.channels = 2});
  EXPECT_EQ(Names(norm), (std::vector<std::string>{"weight", "bias"}));
  const Tensor x = Random({3, 2, 2, 2}, DType::kFloat64, 1);
  Recording recording({.train = false});
  const Variable y = norm.Forward(recording.Constant(x));
  for (int i = 0; i < 24; ++i) {
    EXPECT_NEAR(y.value().data<double>()[i], x.data<double>()[i] / std::sqrt(1 + 1e-5), 1e-14);
  }
}

// Channel 0 has 1, 3, 5, 7: mean 4, variance 5, of n - 1 20 / 3. Channel 1 has 2 four times.
TEST(BatchNormTest, TrainingMovesTheRunningStatistics) {
  BatchNorm norm(kDouble, {.channels = 2, .momentum = 0.25});
  Train(norm, Tensor::FromValues<double>({4, 2}, {1, 2, 3, 2, 5, 2, 7, 2}));
  const std::vector<double> mean = Buffer(norm, "running_mean").ToDoubles();
  const std::vector<double> variance = Buffer(norm, "running_var").ToDoubles();
  EXPECT_DOUBLE_EQ(mean[0], 0.25 * 4);
  EXPECT_DOUBLE_EQ(mean[1], 0.25 * 2);
  EXPECT_DOUBLE_EQ(variance[0], 0.75 + 0.25 * 20 / 3);
  EXPECT_DOUBLE_EQ(variance[1], 0.75);
}

TEST(BatchNormTest, ARecordingNormalizesByItsBatchOrByTheRunningStatistics) {
  BatchNorm norm(kDouble, {.channels = 3});
  const Tensor x = Random({7, 3}, DType::kFloat64, 1);
  Recording training({.train = true});
  const Variable y = norm.Forward(training.Constant(x));
  double sum = 0, squares = 0;
  for (int i = 0; i < 7; ++i) {
    const double value = y.value().data<double>()[3 * i + 1];
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum, 0, 1e-13);
  EXPECT_NEAR(squares, 7, 1e-3);
  const std::string before = Digest(ParameterState(norm));
  Recording evaluating({.train = false});
  norm.Forward(evaluating.Constant(x));
  EXPECT_EQ(Digest(ParameterState(norm)), before);  // evaluation changes nothing
  Train(norm, x);
  EXPECT_NE(Digest(ParameterState(norm)), before);
}

TEST(BatchNormTest, ADryRecordingLeavesTheRunningStatistics) {
  Allocator dry(Allocator::Kind::kDry);
  BatchNorm norm({.allocator = &dry}, {.channels = 3});
  Recording recording({.train = true, .allocator = &dry});
  norm.Forward(recording.Constant(
      Tensor::Empty({DType::kFloat32, Shape({4, 3, 2, 2})}, Purpose::kActivation, dry)));
  EXPECT_TRUE(Buffer(norm, "running_mean").dry());
}

TEST(BatchNormTest, ACheckpointBringsTheRunningStatisticsBack) {
  BatchNorm norm({.seed = 1}, {.channels = 5}), other({.seed = 2}, {.channels = 5});
  Train(norm, Random({6, 5, 3, 3}, DType::kFloat32, 1));
  const std::string path = TestPath("checkpoint");
  ASSERT_TRUE(WriteCheckpoint(path, {}, ParameterState(norm)).ok());
  StateDict state = ParameterState(other);
  ASSERT_EQ(state.size(), 4);
  EXPECT_EQ(state[2].kind, kBufferKind);
  EXPECT_EQ(state[2].name, "running_mean");
  ASSERT_TRUE(ReadCheckpoint(path, &state).ok());
  EXPECT_TRUE(SameBits(Buffer(norm, "running_mean"), Buffer(other, "running_mean")));
  EXPECT_TRUE(SameBits(Buffer(norm, "running_var"), Buffer(other, "running_var")));
}

// Behind a linear map, whose gradients go through the norm's.
TEST(BatchNormTest, Gradients) {
  for (const bool train : {true, false}) {
    Sequential layers(kDouble);
    layers.Append<Linear>("linear", LinearOptions{.in = 3, .out = 4});
    BatchNorm& norm = layers.Append<BatchNorm>("norm", BatchNormOptions{.channels = 4});
    Randomize(layers, 1);
    Train(norm, Random({6, 4}, DType::kFloat64, 3));
    const Tensor x = Random({5, 3}, DType::kFloat64, 2);
    const GradcheckResult result = GradcheckModule(
        layers,
        [&](Recording& recording) {
          Variable y = layers.Forward(recording.Constant(x));
          Variable direction = recording.Constant(ProjectionDirection(0, y.spec()));
          return Sum(Mul(std::move(y), std::move(direction)));
        },
        {.recording = {.train = train}});
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
