#include "tools/training/buffer_snapshot.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/batch_norm.h"

namespace hairpin {
namespace {

std::vector<double> Buffers(nn::Module& model) {
  std::vector<double> all;
  model.VisitBuffers([&](const std::string&, Tensor& buffer) {
    for (const double value : buffer.ToDoubles()) all.push_back(value);
  });
  return all;
}

void Forward(nn::BatchNorm& norm, float value) {
  Recording recording({.train = true});
  norm.Forward(recording.Constant(Tensor::FromValues<float>({2, 1}, {value, -3 * value})));
}

TEST(BufferSnapshotTest, WhatAStepMovedGoesBack) {
  nn::BatchNorm norm({}, {.channels = 1});
  BufferSnapshot snapshot(norm);
  Forward(norm, 1);
  const std::vector<double> before = Buffers(norm);
  snapshot.Take();
  Forward(norm, 2);
  EXPECT_NE(Buffers(norm), before);
  snapshot.Restore();
  EXPECT_EQ(Buffers(norm), before);
}

}  // namespace
}  // namespace hairpin
