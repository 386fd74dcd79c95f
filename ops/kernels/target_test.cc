#include "ops/kernels/target.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

TEST(KernelTarget, IsTheOneThatCallsReach) {
  int reached = 0;
  ForEachTarget([&](const char* name) {
    EXPECT_STREQ(KernelTargetName(), name);
    ++reached;
  });
  EXPECT_EQ(reached, static_cast<int>(hwy::SupportedAndGeneratedTargets().size()));
}

// Better targets have lower numbers.
TEST(KernelTarget, IsTheBestByDefault) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    EXPECT_LE(KernelTarget(), target);
  }
  EXPECT_NE(KernelTargetName(), std::string("?"));
}

}  // namespace
}  // namespace hairpin
