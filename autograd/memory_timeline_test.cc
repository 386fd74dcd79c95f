#include "autograd/memory_timeline.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using testing_ops::Square;
using testing_ops::Sum;

Variable Input(Recording& recording, int64_t n) {
  return recording.Input(Tensor::Empty({DType::kFloat64, Shape({n})}, Purpose::kActivation,
                                       recording.allocator()));
}

int64_t Total(const MemoryTimeline::Bytes& bytes) {
  int64_t total = 0;
  for (const int64_t b : bytes) total += b;
  return total;
}

// Everything the timeline says of a forward and a backward.
std::vector<std::string> Tell(Allocator& allocator, const SavedPolicy& policy) {
  MemoryTimeline timeline(allocator);
  std::vector<std::string> told;
  allocator.account().ResetPeaks();
  const int64_t before = allocator.account().live_total();
  {
    Recording recording({.allocator = &allocator, .policy = &policy, .observer = &timeline});
    const Variable x = Input(recording, 64);
    const Variable loss = Sum(Square(Square(x)));
    recording.Backward(loss);
    EXPECT_EQ(timeline.peak_total(), allocator.account().peak_total());
    EXPECT_EQ(Total(timeline.changes().back()), allocator.account().live_total());
    EXPECT_EQ(Total(timeline.initial()), before);
    int64_t alive = before;
    for (const MemoryTimeline::Block& block : timeline.AliveAtPeak()) alive += block.bytes;
    EXPECT_EQ(alive, timeline.peak_total());
    EXPECT_EQ(Total(timeline.changes()[timeline.peak()]), timeline.peak_total());
  }
  EXPECT_EQ(Total(timeline.changes().back()), before);
  for (const MemoryTimeline::Moment& moment : timeline.moments()) {
    told.push_back(moment.name + " " + Name(moment.phase) + " " + std::to_string(moment.begin) +
                   "-" + std::to_string(moment.end));
  }
  for (const MemoryTimeline::Block& block : timeline.blocks()) {
    EXPECT_GT(block.died, block.born);
    told.push_back(std::string(Name(block.purpose)) + " " + std::to_string(block.bytes) + " in " +
                   std::to_string(block.moment) + ": " + std::to_string(block.born) + "-" +
                   std::to_string(block.died));
  }
  return told;
}

TEST(MemoryTimelineTest, DryAndRealTellTheSame) {
  for (const SavedPolicy* policy : {&KeepAll(), &RecomputeAll()}) {
    Allocator dry(Allocator::Kind::kDry), real(Allocator::Kind::kCaching);
    const std::vector<std::string> told = Tell(dry, *policy);
    EXPECT_EQ(told, Tell(real, *policy));
    EXPECT_GT(told.size(), 10u);
  }
}

TEST(MemoryTimelineTest, ForwardByHand) {
  Allocator dry(Allocator::Kind::kDry);
  MemoryTimeline timeline(dry);
  Recording recording({.gradients = false, .allocator = &dry, .observer = &timeline});
  {
    const Variable x = Input(recording, 8);
    Variable y;
    {
      const Scope scope(recording, "layer");
      y = Square(x);  // 64 bytes; output and workspace as many
    }
    ASSERT_EQ(timeline.moments().size(), 1u);
    const MemoryTimeline::Moment& square = timeline.moments()[0];
    EXPECT_EQ(square.scope, "layer");
    EXPECT_EQ(square.name, "test_square");
    // The input was change 0; output taken, workspace taken, workspace freed.
    EXPECT_EQ(square.begin, 1);
    EXPECT_EQ(square.end, 4);
    EXPECT_EQ(timeline.peak(), 2);
    EXPECT_EQ(timeline.peak_total(), 3 * 64);
    ASSERT_EQ(timeline.blocks().size(), 3u);
    EXPECT_EQ(timeline.blocks()[0].moment, -1);
    EXPECT_EQ(timeline.blocks()[1].moment, 0);
    EXPECT_EQ(timeline.blocks()[2].purpose, Purpose::kWorkspace);
    EXPECT_EQ(timeline.blocks()[2].died, 3);
    EXPECT_EQ(timeline.blocks()[1].died, -1);
    y = Variable();
    Square(x);  // as high once more: the first counts
    EXPECT_EQ(timeline.peak(), 2);
  }
  recording.Reset({.gradients = false, .allocator = &dry});
  timeline.Clear();
  EXPECT_TRUE(timeline.changes().empty());
  EXPECT_EQ(timeline.peak(), -1);
  EXPECT_TRUE(timeline.AliveAtPeak().empty());
}

// What is there before listening begins counts in the total and is no block.
TEST(MemoryTimelineTest, WhatWasThereBefore) {
  Allocator dry(Allocator::Kind::kDry);
  Tensor before = Tensor::Empty({DType::kFloat64, Shape({16})}, Purpose::kParameter, dry);
  MemoryTimeline timeline(dry);
  EXPECT_EQ(timeline.initial()[static_cast<int>(Purpose::kParameter)], 128);
  const Tensor more = Tensor::Empty({DType::kFloat64, Shape({8})}, Purpose::kGradient, dry);
  before = Tensor();
  EXPECT_EQ(timeline.peak_total(), 192);
  ASSERT_EQ(timeline.changes().size(), 2u);
  EXPECT_EQ(Total(timeline.changes()[1]), 64);
  EXPECT_EQ(timeline.blocks().size(), 1u);
}

}  // namespace
}  // namespace hairpin
