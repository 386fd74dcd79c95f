#include "tensor/saturate.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(SaturateTest, WhatFitsIsItself) {
  for (const int64_t x : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1} << 40, INT64_MAX}) {
    EXPECT_EQ(Saturate(x), x);
  }
}

TEST(SaturateTest, WhatDoesNotIsTheNearest) {
  EXPECT_EQ(Saturate(Int128{INT64_MAX} + 1), INT64_MAX);
  EXPECT_EQ(Saturate(Int128{INT64_MAX} * INT64_MAX), INT64_MAX);
  EXPECT_EQ(Saturate(Int128{INT64_MIN} - 1), INT64_MIN);
}

}  // namespace
}  // namespace hairpin
