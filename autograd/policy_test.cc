#include "autograd/policy.h"

#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(PolicyTest, Decisions) {
  const testing_ops::MulOp op;
  const auto decide = [&](const SavedPolicy& policy, ReleasedValue value) {
    return policy.Decide(value);
  };
  for (const int output : {0, 1, 7}) {
    const ReleasedValue value = {.op = op, .output = output, .saved = true};
    EXPECT_EQ(decide(KeepAll(), value), Fate::kKeep);
    EXPECT_EQ(decide(RecomputeAll(), value), Fate::kDrop);
    EXPECT_EQ(decide(RecomputeCheap(), value), Fate::kKeep);
    EXPECT_EQ(decide(RecomputeSegments(), value), Fate::kKeep);
  }
  EXPECT_EQ(decide(RecomputeCheap(), {.op = op, .cheap = true}), Fate::kDrop);
  EXPECT_EQ(decide(RecomputeSegments(), {.op = op, .in_region = true}), Fate::kDrop);
  EXPECT_EQ(decide(RecomputeSegments(), {.op = op, .in_region = true, .crosses = true}),
            Fate::kHold);
  EXPECT_EQ(decide(RecomputeSegments(), {.op = op, .crosses = true}), Fate::kHold);
}

// They live forever: a recording holds a pointer.
TEST(PolicyTest, EachIsOneObject) {
  EXPECT_STREQ(KeepAll().name(), "none");
  EXPECT_STREQ(RecomputeAll().name(), "all");
  EXPECT_STREQ(RecomputeCheap().name(), "cheap");
  EXPECT_STREQ(RecomputeSegments().name(), "segments");
  EXPECT_EQ(&KeepAll(), &KeepAll());
  EXPECT_EQ(&RecomputeAll(), &RecomputeAll());
  EXPECT_EQ(RecordingOptions().policy, &KeepAll());
}

}  // namespace
}  // namespace hairpin
