#include "nn/piece_reader.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/checkpoint.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

// A tensor of four pieces between two of one.
StateDict State() {
  std::vector<float> values(200'003);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return {{kParameterKind, "empty", Tensor::FromValues<float>({0}, {})},
          {kParameterKind, "large", Tensor::FromValues<float>({200'003}, values)},
          {kOptimizerKind, "large", Tensor::FromValues<double>({1, 2}, {3, 4})}};
}

std::string File() {
  CheckpointMetadata metadata;
  metadata.set_step(9);
  EXPECT_TRUE(WriteCheckpoint(TestPath("pieces"), metadata, State()).ok());
  return TestPath("pieces");
}

TEST(PieceReaderTest, PiecesComeInOrder) {
  const auto reader = PieceReader::Open(File()).value();
  EXPECT_EQ(reader->metadata().step(), 9);
  ASSERT_TRUE(reader->Next().value());
  EXPECT_EQ(reader->key(), PieceReader::Key(kParameterKind, "empty"));
  EXPECT_EQ(reader->spec(), (TensorSpec{DType::kFloat32, {0}}));
  EXPECT_TRUE(reader->last());
  int64_t bytes = 0, pieces = 0;
  do {
    ASSERT_TRUE(reader->Next().value());
    EXPECT_EQ(reader->key(), PieceReader::Key(kParameterKind, "large"));
    EXPECT_EQ(reader->piece().offset(), bytes);
    bytes += static_cast<int64_t>(reader->piece().data().size());
    ++pieces;
  } while (!reader->last());
  EXPECT_EQ(bytes, 4 * 200'003);
  EXPECT_EQ(pieces, 4);
  ASSERT_TRUE(reader->Next().value());
  EXPECT_FALSE(reader->Next().value());
  EXPECT_EQ(reader->num_records(), 7);
}

TEST(PieceReaderTest, TensorsComeWhole) {
  const auto reader = PieceReader::Open(File()).value();
  StateDict found;
  StateEntry entry;
  while (reader->NextTensor(&entry).value()) found.push_back(entry);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(Digest(found), Digest(State()));
}

TEST(PieceReaderTest, DescribesSpecs) {
  EXPECT_EQ(DescribeSpec({DType::kFloat64, {2, 3}}), "float64 [2, 3]");
  EXPECT_EQ(DescribeSpec({DType::kInt32, {}}), "int32 []");
}

}  // namespace
}  // namespace hairpin::nn
