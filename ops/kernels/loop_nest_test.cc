#include "ops/kernels/loop_nest.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "tensor/shape.h"

namespace hairpin {
namespace {

// As loop_nest.h shows it.
TEST(LoopNest, OffsetsAreThoseOfTheAxesAsGiven) {
  LoopNest<2> nest;
  nest.Append(2, {12, 0});
  nest.Append(1, {7, 7});  // dropped
  nest.Append(3, {4, 5});
  nest.Append(4, {1, 0});
  EXPECT_EQ(nest.elements, 24);
  EXPECT_EQ(nest.rank, 3);
  EXPECT_EQ(nest.inner_size(), 4);
  int64_t index = 0;
  for (int64_t i = 0; i < 2; ++i) {
    for (int64_t j = 0; j < 3; ++j) {
      for (int64_t k = 0; k < 4; ++k, ++index) {
        const auto offsets = nest.OffsetsOf(index, nest.rank);
        EXPECT_EQ(offsets[0], 12 * i + 4 * j + k);
        EXPECT_EQ(offsets[1], 5 * j);
      }
    }
  }
}

TEST(LoopNest, WithoutAxesThereIsOneElement) {
  LoopNest<1> nest;
  nest.Append(1, {3});
  EXPECT_EQ(nest.rank, 0);
  EXPECT_EQ(nest.elements, 1);
  EXPECT_EQ(nest.inner_size(), 1);
  EXPECT_EQ(nest.inner_strides()[0], 0);
  EXPECT_EQ(nest.OffsetsOf(0, 0)[0], 0);
}

TEST(LoopNest, MergesAxes) {
  const Shape y({2, 3, 4, 5}), same({2, 3, 4, 5}), row({5}), middle({3, 1, 1});
  EXPECT_EQ((BroadcastNest<1>(y, {&same}).rank), 1);
  EXPECT_EQ((BroadcastNest<1>(y, {&row}).rank), 2);
  const auto nest = BroadcastNest<1>(y, {&middle});
  EXPECT_EQ(nest.rank, 3);
  EXPECT_EQ(nest.inner_size(), 20);
  EXPECT_EQ(nest.inner_strides()[1], 0);
}

TEST(LoopNestDeathTest, ShapesThatDoNotBroadcast) {
  const Shape y({2, 3}), wrong({2}), deep({1, 2, 3});
  EXPECT_DEATH((BroadcastNest<1>(y, {&wrong})), "\\[2\\] does not broadcast to \\[2, 3\\]");
  EXPECT_DEATH((BroadcastNest<1>(y, {&deep})), "more axes");
}

}  // namespace
}  // namespace hairpin
