// Checkpoints on disks that fail.
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/checkpoint.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"
#include "tensor/writer_faults.h"

namespace hairpin::nn {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

// Of several pieces, and several writes.
StateDict LargeState(float first) {
  std::vector<float> values(90'000, first);
  const Shape shape({90'000});
  return {{kParameterKind, "w", Tensor::FromValues<float>(shape, values)},
          {kOptimizerKind, "w.m", Tensor::FromValues<float>({2}, {first, 0})}};
}

TEST(CheckpointFaultsTest, EveryCallFailsAndThePowerGoesBeforeEach) {
  const WriterUnderTest writer = {
      .folder = TestPath("checkpoint_faults"),
      .name = "step-000001",
      .write =
          [](const std::string& path, bool second) {
            CheckpointMetadata metadata;
            metadata.set_step(second ? 2 : 1);
            return WriteCheckpoint(path, metadata, LargeState(second ? 2.0f : 1.0f));
          },
      .load =
          [](const std::string& path) {
            StateDict state = LargeState(0);
            const auto metadata = ReadCheckpoint(path, &state);
            if (!metadata.ok()) return metadata.status();
            const float first = static_cast<float>(metadata->step());
            EXPECT_EQ(Digest(state), Digest(LargeState(first)));
            return absl::OkStatus();
          }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "write"));
  EXPECT_GE(CheckPowerLoss(writer), 12);
}

TEST(CheckpointFaultsTest, NothingIsBegunWithoutRoomForAll) {
  const std::string path = TestPath("room");
  ASSERT_TRUE(WriteCheckpoint(path, {}, LargeState(1)).ok());
  const std::string before = *ReadFile(path);
  FailingFiles files;
  const ScopedFileCalls scope(&files);
  files.set_free_bytes(static_cast<int64_t>(before.size()) - 1);
  const absl::Status status = WriteCheckpoint(path, {}, LargeState(2));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()),
              MatchesRegex(path + ": needs 36.... bytes, found 36.... free on its disk"));
  EXPECT_EQ(files.calls(), 0);
  EXPECT_EQ(*ReadFile(path), before);
  files.set_free_bytes(static_cast<int64_t>(before.size()) * 102 / 100);
  EXPECT_TRUE(WriteCheckpoint(path, {}, LargeState(2)).ok());
}

}  // namespace
}  // namespace hairpin::nn
