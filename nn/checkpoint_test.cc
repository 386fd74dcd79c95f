#include "nn/checkpoint.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/record_file.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

using ::testing::HasSubstr;

StateDict SmallState(double first) {
  return {{kParameterKind, "a.weight", Tensor::FromValues<double>({2, 2}, {first, 2, -3, 4.5})},
          {kParameterKind, "a.bias", Tensor::FromValues<float>({0}, {})},
          {kOptimizerKind, "a.weight.m", Tensor::FromValues<float>({1}, {0.25f})}};
}

std::string SmallFile() {
  CheckpointMetadata metadata;
  metadata.set_step(7);
  metadata.set_state("state");
  const std::string path = TestPath("small");
  EXPECT_TRUE(WriteCheckpoint(path, metadata, SmallState(1)).ok());
  return ReadFile(path).value();
}

TEST(CheckpointTest, RoundTripKeepsEveryBit) {
  WriteTestFile("a", SmallFile());
  StateDict state = SmallState(100);
  const absl::StatusOr<CheckpointMetadata> metadata = ReadCheckpoint(TestPath("a"), &state);
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  EXPECT_EQ(metadata->step(), 7);
  EXPECT_EQ(metadata->state(), "state");
  EXPECT_EQ(Digest(state), Digest(SmallState(1)));
  EXPECT_NE(Digest(state), Digest(SmallState(100)));
  StateDigest digest;
  const auto add = [&](const StateEntry& entry) { digest.Add(entry); };
  ASSERT_TRUE(VisitCheckpoint(TestPath("a"), add).ok());
  EXPECT_EQ(digest.Hex(), Digest(state));
}

TEST(CheckpointTest, VerifyingCountsTheRecords) {
  WriteTestFile("a", SmallFile());
  int64_t records = 0;
  const absl::StatusOr<CheckpointMetadata> metadata = VerifyCheckpoint(TestPath("a"), &records);
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  EXPECT_EQ(metadata->step(), 7);
  EXPECT_EQ(records, 4);  // metadata, and a piece of each tensor
}

TEST(CheckpointTest, LargeTensorsGoInPieces) {
  std::vector<float> values(200'003);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const Shape shape({200'003});
  const StateDict state = {{kParameterKind, "w", Tensor::FromValues<float>(shape, values)}};
  ASSERT_TRUE(WriteCheckpoint(TestPath("large"), {}, state).ok());
  StateDict other = {{kParameterKind, "w", Tensor::Zeros({DType::kFloat32, shape})}};
  ASSERT_TRUE(ReadCheckpoint(TestPath("large"), &other).ok());
  EXPECT_EQ(Digest(other), Digest(state));
}

TEST(CheckpointTest, KindsNotAskedForArePassedOver) {
  WriteTestFile("a", SmallFile());
  StateDict state = SmallState(100);
  state.pop_back();
  EXPECT_TRUE(ReadCheckpoint(TestPath("a"), &state).ok());
}

// What damage is found is record_file_test's matter.
TEST(CheckpointTest, APartTakesItsOwn) {
  WriteTestFile("a", SmallFile());
  StateDict part = {{kParameterKind, "a.weight", Tensor::Zeros({DType::kFloat64, Shape({2, 2})})}};
  EXPECT_THAT(ReadCheckpoint(TestPath("a"), &part).status().ToString(), HasSubstr("holds"));
  ASSERT_TRUE(ReadCheckpointPart(TestPath("a"), &part).ok());
  EXPECT_EQ(part[0].tensor.ToDoubles(), (std::vector<double>{1, 2, -3, 4.5}));
  part.push_back({kParameterKind, "b", Tensor::Zeros({DType::kFloat32, Shape({1})})});
  EXPECT_THAT(ReadCheckpointPart(TestPath("a"), &part).status().ToString(),
              HasSubstr("parameter b, float32 [1], is missing"));
}

TEST(CheckpointTest, DamageAnywhereIsAnErrorAndChangesNothing) {
  const std::string whole = SmallFile();
  StateDict state = SmallState(100);
  const std::string before = Digest(state);
  for (size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] ^= 1;
    const std::string path = WriteTestFile("damaged", damaged);
    EXPECT_FALSE(VerifyCheckpoint(path).ok()) << byte;
    EXPECT_FALSE(ReadCheckpoint(path, &state).ok()) << byte;
  }
  EXPECT_EQ(Digest(state), before);
}

TEST(CheckpointTest, AnotherModelIsNamed) {
  WriteTestFile("a", SmallFile());
  StateDict state = SmallState(100);
  const std::string before = Digest(state);
  state.push_back({kOptimizerKind, "a.bias.m", Tensor::FromValues<float>({1}, {0})});
  EXPECT_THAT(ReadCheckpoint(TestPath("a"), &state).status().ToString(),
              HasSubstr("optimizer a.bias.m, float32 [1], is missing"));
  state.pop_back();
  state[0].tensor = Tensor::FromValues<double>({4}, {0, 0, 0, 0});
  EXPECT_THAT(ReadCheckpoint(TestPath("a"), &state).status().ToString(),
              HasSubstr("parameter a.weight is float64 [2, 2], expected float64 [4]"));
  state.erase(state.begin());
  EXPECT_THAT(ReadCheckpoint(TestPath("a"), &state).status().ToString(),
              HasSubstr("holds parameter a.weight, float64 [2, 2], which the model does not have"));
}

// Records whose CRCs are right and whose contents are not.
absl::Status VerifyPieces(const std::vector<TensorPiece>& pieces) {
  auto writer = RecordWriter::Create(TestPath("forged")).value();
  EXPECT_TRUE(writer->Append(CheckpointMetadata().SerializeAsString()).ok());
  for (const TensorPiece& piece : pieces) {
    EXPECT_TRUE(writer->Append(piece.SerializeAsString()).ok());
  }
  EXPECT_TRUE(writer->Commit().ok());
  return VerifyCheckpoint(TestPath("forged")).status();
}

TEST(CheckpointTest, ForgedPiecesAreErrors) {
  TensorPiece good;
  good.set_kind("optimizer");
  good.set_name("w");
  good.set_dtype(TensorProto::FLOAT32);
  good.add_shape(2);
  good.set_data("12345678");
  EXPECT_TRUE(VerifyPieces({good}).ok());
  EXPECT_THAT(VerifyPieces({good, good}).ToString(), HasSubstr("comes twice"));
  TensorPiece bad = good;
  bad.set_data("1234");
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("ends after 4 of 8 bytes"));
  bad = good;
  bad.set_data("123456789");
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("expected 0 to at most 8"));
  bad = good;
  bad.set_offset(-4);
  EXPECT_FALSE(VerifyPieces({bad}).ok());
  bad = good;
  bad.set_shape(0, int64_t{1} << 62);
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("does not fit a file of"));
  bad.add_shape(8);
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("impossible shape"));
  bad = good;
  bad.set_shape(0, -1);
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("impossible shape"));
  bad = good;
  bad.set_dtype(static_cast<TensorProto::DType>(9));
  EXPECT_THAT(VerifyPieces({bad}).ToString(), HasSubstr("dtype number 9"));
}

TEST(CheckpointTest, MissingAndFolder) {
  EXPECT_TRUE(absl::IsNotFound(VerifyCheckpoint(TestPath("none")).status()));
  EXPECT_FALSE(VerifyCheckpoint(::testing::TempDir()).ok());
}

TEST(CheckpointTest, ConfigOfAnotherTypeIsRefused) {
  CheckpointMetadata metadata;
  TensorProto config;
  config.add_shape(3);
  PackConfig(config, &metadata);
  EXPECT_EQ(UnpackConfig<TensorProto>(metadata)->shape(0), 3);
  EXPECT_FALSE(UnpackConfig<CheckpointMetadata>(metadata).ok());
}

}  // namespace
}  // namespace hairpin::nn
