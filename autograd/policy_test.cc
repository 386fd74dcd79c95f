#include "autograd/policy.h"

#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(PolicyTest, OneAnswerForEveryOutput) {
  const testing_ops::MulOp op;
  for (const int output : {0, 1, 7}) {
    EXPECT_TRUE(KeepAll().Keep(op, output));
    EXPECT_FALSE(RecomputeAll().Keep(op, output));
  }
}

// They live forever: a recording holds a pointer.
TEST(PolicyTest, EachIsOneObject) {
  EXPECT_EQ(&KeepAll(), &KeepAll());
  EXPECT_EQ(&RecomputeAll(), &RecomputeAll());
  EXPECT_EQ(RecordingOptions().policy, &KeepAll());
}

}  // namespace
}  // namespace hairpin
