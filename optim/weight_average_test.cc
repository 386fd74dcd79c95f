#include "optim/weight_average.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "optim/test_util.h"

namespace hairpin {
namespace {

constexpr size_t kCount = 37;  // no multiple of a vector

Tensor Values(DType dtype, int step) {
  const Tensor values = Tensor::FromValues<double>({kCount}, Gradients(kCount, step));
  return dtype == DType::kFloat64 ? values : values.Cast(dtype);
}

std::vector<double> Average(WeightAverage& average) {
  std::vector<double> values;
  average.VisitState([&](const std::string&, Tensor& tensor) { values = tensor.ToDoubles(); });
  return values;
}

void ExpectEqualsTheFormula(DType dtype, const WeightAverageOptions& options) {
  SCOPED_TRACE(std::string(Name(dtype)) + (options.warmup ? " warmup" : ""));
  Parameter weight("w", Values(dtype, 0));
  WeightAverage average({&weight}, options);
  EXPECT_EQ(Average(average), weight.value().ToDoubles());
  std::vector<double> expected(kCount);
  for (int t = 1; t <= 20; ++t) {
    weight.value().CopyFrom(Values(dtype, t));
    average.Update(t);
    const double d = options.warmup ? std::min(options.decay, (1.0 + t) / (10.0 + t))
                                    : options.decay;
    const std::vector<double> values = weight.value().ToDoubles(), averages = Average(average);
    for (size_t i = 0; i < kCount; ++i) {
      expected[i] = t == 1 ? values[i] : d * expected[i] + (1 - d) * values[i];
      ASSERT_NEAR(averages[i], expected[i], dtype == DType::kFloat64 ? 1e-14 : 1e-5) << t;
    }
  }
}

TEST(WeightAverageTest, EqualsTheFormula) {
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const bool warmup : {false, true}) {
      ExpectEqualsTheFormula(dtype, {.decay = 0.6, .warmup = warmup});
    }
  }
}

TEST(WeightAverageTest, ModelHasTheAveragesForAScopeAndThenItsOwnBits) {
  Parameter weight("w", Values(DType::kFloat32, 0)), other("v", Values(DType::kFloat32, 7));
  WeightAverage average({&weight, &other});
  average.Update(1);
  weight.value().CopyFrom(Values(DType::kFloat32, 1));
  const std::vector<double> own = weight.value().ToDoubles();
  const std::vector<double> start = Values(DType::kFloat32, 0).ToDoubles();
  {
    const AveragedWeights evaluating(average);
    EXPECT_EQ(weight.value().ToDoubles(), start);
  }
  EXPECT_EQ(weight.value().ToDoubles(), own);
  average.Update(2);
  EXPECT_NE(Average(average), own);
}

// The visited state and the step are all that the next update needs beside the weights.
TEST(WeightAverageTest, GoesOnFromTheStateThatItVisits) {
  Parameter weight("w", Values(DType::kFloat32, 0));
  WeightAverage average({&weight}, {.decay = 0.9, .warmup = true});
  for (int t = 1; t <= 3; ++t) {
    weight.value().CopyFrom(Values(DType::kFloat32, t));
    average.Update(t);
  }
  WeightAverage resumed({&weight}, {.decay = 0.9, .warmup = true});
  average.VisitState([&](const std::string& name, Tensor& tensor) {
    EXPECT_EQ(name, "w.average");
    resumed.VisitState([&](const std::string&, Tensor& into) { into.CopyFrom(tensor); });
  });
  for (int t = 4; t <= 6; ++t) {
    weight.value().CopyFrom(Values(DType::kFloat32, t));
    average.Update(t);
    resumed.Update(t);
    EXPECT_EQ(Average(resumed), Average(average));
  }
}

TEST(WeightAverageTest, CountsAsTheOptimizersMemoryWhetherDryOrNot) {
  for (const auto kind : {Allocator::Kind::kDry, Allocator::Kind::kCaching}) {
    Allocator allocator(kind);
    Parameter weight("w", Tensor::Zeros({DType::kFloat32, {100}}, Purpose::kParameter, allocator));
    WeightAverage average({&weight});
    average.Update(1);
    average.Update(2);
    EXPECT_EQ(allocator.account().live(Purpose::kOptimizer), 448);
  }
}

TEST(WeightAverageDeathTest, WhatWouldMixThemUpIsRefused) {
  Parameter weight("w", Values(DType::kFloat32, 0));
  EXPECT_DEATH(WeightAverage({&weight}, {.decay = 1.5}), "found decay 1.5, expected one in");
  WeightAverage average({&weight});
  const AveragedWeights evaluating(average);
  EXPECT_DEATH(average.Update(2), "Update while the averages are in the model");
  EXPECT_DEATH(Average(average), "VisitState while the averages are in the model");
}

}  // namespace
}  // namespace hairpin
