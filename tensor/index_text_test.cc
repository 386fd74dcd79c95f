#include "tensor/index_text.h"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

TEST(IndexTextTest, HasOneForEachAxis) {
  EXPECT_EQ(IndexText(Shape({2, 3, 4}), 23), "[1, 2, 3]");
  EXPECT_EQ(IndexText(Shape({4, 2, 6}), 29), "[2, 0, 5]");
  EXPECT_EQ(IndexText(Shape({7}), 0), "[0]");
  EXPECT_EQ(IndexText(Shape(), 0), "[]");
}

}  // namespace
}  // namespace hairpin
