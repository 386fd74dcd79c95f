// Checkpoints on disks that rot.
#include <cstddef>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/checkpoint.h"
#include "tensor/damage.h"
#include "tensor/file.h"
#include "tensor/largest_allocation.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

StateDict SmallState(double first) {
  return {{kParameterKind, "a.weight", Tensor::FromValues<double>({2, 2}, {first, 2, -3, 4.5})},
          {kOptimizerKind, "a.weight.m", Tensor::FromValues<float>({1}, {0.25f})}};
}

TEST(CheckpointDamageTest, IsAnErrorThatNamesFileRecordAndPlace) {
  CheckpointMetadata metadata;
  metadata.set_step(7);
  metadata.set_state("state");
  const std::string whole_path = TestPath("whole");
  ASSERT_TRUE(WriteCheckpoint(whole_path, metadata, SmallState(1)).ok());
  const std::string whole = *ReadFile(whole_path);
  StateDict state = SmallState(100);
  const std::string before = Digest(state);
  ForEachDamage(whole, [&](const std::string& damaged) {
    const std::string path = WriteTestFile("damaged", damaged);
    const ScopedLargestAllocation largest;
    const absl::Status verified = VerifyCheckpoint(path).status();
    const absl::Status read = ReadCheckpoint(path, &state).status();
    EXPECT_LE(largest.bytes(), whole.size() + 200);  // messages
    for (const absl::Status& status : {verified, read}) {
      EXPECT_TRUE(absl::IsDataLoss(status)) << status;
      EXPECT_THAT(std::string(status.message()),
                  AnyOf(HasSubstr("/damaged: header: "),
                        MatchesRegex(".*/damaged: (record [0-9]+|the end record) at byte .*")));
    }
  });
  EXPECT_EQ(Digest(state), before);
}

}  // namespace
}  // namespace hairpin::nn
