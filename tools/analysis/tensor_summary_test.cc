#include "tools/analysis/tensor_summary.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Tensor Of(const std::vector<float>& values) {
  Tensor tensor = Tensor::Zeros({DType::kFloat32, {static_cast<int64_t>(values.size())}});
  for (size_t i = 0; i < values.size(); ++i) tensor.raw<float>()[i] = values[i];
  return tensor;
}

TEST(Summarize, WhatIsNotFiniteIsCountedAndHidesNothing) {
  for (const std::vector<float>& values :
       {std::vector<float>{1, 5, 3}, {kNan, 1, 5, 3}, {1, 5, kInfinity, 3, kNan, -kInfinity}}) {
    const TensorSummary summary = Summarize(Of(values));
    EXPECT_EQ(summary.not_finite, static_cast<int64_t>(values.size()) - 3);
    EXPECT_DOUBLE_EQ(summary.mean, 3);
    EXPECT_DOUBLE_EQ(summary.deviation, std::sqrt(8.0 / 3));
    EXPECT_EQ(summary.least, 1);
    EXPECT_EQ(summary.most, 5);
  }
}

TEST(Summarize, OfNothingFiniteIsNan) {
  const TensorSummary summary = Summarize(Of({kNan, kInfinity}));
  EXPECT_EQ(summary.not_finite, 2);
  for (const double value : {summary.mean, summary.deviation, summary.least, summary.most}) {
    EXPECT_TRUE(std::isnan(value));
  }
}

}  // namespace
}  // namespace hairpin
