#include "tensor/tensor_proto.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing::HasSubstr;

// A tensor of 32-bit elements with these bits.
Tensor FromBits(DType dtype, const Shape& shape, const std::vector<uint32_t>& bits) {
  Tensor tensor = Tensor::Empty({dtype, shape});
  std::memcpy(tensor.raw_bytes(), bits.data(), bits.size() * sizeof(uint32_t));
  return tensor;
}

TensorProto Good() { return ToProto(Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6})); }

void ExpectRefused(const TensorProto& proto, const std::string& why) {
  const absl::StatusOr<Tensor> tensor = FromProto(proto);
  EXPECT_EQ(tensor.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(tensor.status().message()), HasSubstr(why));
}

TEST(TensorProtoTest, KeepsEveryBit) {
  // Both zeros, subnormals, infinities, quiet and signalling NaNs with payloads.
  const std::vector<uint32_t> bits = {0x00000000, 0x80000000, 0x00000001, 0x807fffff,
                                      0x7f800000, 0xff800000, 0x7fc12345, 0x7f812345};
  for (const DType dtype : {DType::kFloat32, DType::kInt32}) {
    const Tensor tensor = FromBits(dtype, {2, 4}, bits);
    std::string wire;
    ASSERT_TRUE(ToProto(tensor).SerializeToString(&wire));
    TensorProto read;
    ASSERT_TRUE(read.ParseFromString(wire));
    const absl::StatusOr<Tensor> same = FromProto(read, Purpose::kParameter);
    ASSERT_TRUE(same.ok()) << same.status();
    EXPECT_EQ(same->spec(), tensor.spec());
    EXPECT_EQ(same->storage()->purpose(), Purpose::kParameter);
    EXPECT_EQ(std::memcmp(same->raw_bytes(), bits.data(), 32), 0);
  }
}

TEST(TensorProtoTest, IsLittleEndian) {
  const TensorProto proto = ToProto(Tensor::FromValues<int32_t>({1}, {0x04030201}));
  EXPECT_EQ(proto.data(), "\1\2\3\4");
}

TEST(TensorProtoTest, ScalarsDoublesAndEmptyTensors) {
  EXPECT_EQ(FromProto(ToProto(Tensor::Scalar(0.1)))->item(), 0.1);
  const Tensor empty = Tensor::Empty({DType::kFloat64, {0, 3}});
  EXPECT_EQ(FromProto(ToProto(empty))->spec(), empty.spec());
}

TEST(TensorProtoTest, RefusesWhatDoesNotFitTogether) {
  TensorProto proto = Good();
  proto.set_dtype(TensorProto::DTYPE_UNSPECIFIED);
  ExpectRefused(proto, "found dtype 0, expected 1");
  proto = Good();
  proto.set_dtype(static_cast<TensorProto::DType>(99));
  ExpectRefused(proto, "found dtype 99");
  proto = Good();
  proto.set_dtype(TensorProto::FLOAT64);
  ExpectRefused(proto, "found 24 bytes, expected 8 each for shape [2, 3]");
  proto = Good();
  proto.mutable_data()->pop_back();
  ExpectRefused(proto, "found 23 bytes");
  proto = Good();
  proto.mutable_data()->push_back(0);
  ExpectRefused(proto, "found 25 bytes");
  proto = Good();
  proto.set_shape(0, -2);
  ExpectRefused(proto, "none negative");
  proto = Good();
  for (int i = 0; i < 5; ++i) proto.add_shape(1);
  ExpectRefused(proto, "found 7 axes, expected at most 6");
  proto = Good();
  proto.clear_data();
  ExpectRefused(proto, "found 0 bytes");
}

// Sizes whose bytes would overflow 64 bits are refused before any allocation.
TEST(TensorProtoTest, RefusesHugeShapes) {
  TensorProto proto = Good();
  proto.set_shape(0, int64_t{1} << 62);
  proto.set_shape(1, 1);
  ExpectRefused(proto, "found 24 bytes");
  proto.set_shape(1, 4);
  ExpectRefused(proto, "fits 64 bits");
}

TEST(TensorProtoTest, CopiesIntoATensorOfTheSameSpec) {
  Tensor tensor = Tensor::Zeros({DType::kFloat32, {2, 3}});
  const uint32_t version = tensor.storage()->version();
  ASSERT_TRUE(CopyFromProto(Good(), &tensor).ok());
  EXPECT_EQ(tensor.ToDoubles(), std::vector<double>({1, 2, 3, 4, 5, 6}));
  EXPECT_GT(tensor.storage()->version(), version);

  Tensor other = Tensor::Zeros({DType::kFloat32, {3, 2}});
  const absl::Status status = CopyFromProto(Good(), &other);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("found float32[2, 3], expected float32[3, 2]"));
  EXPECT_EQ(other.ToDoubles(), std::vector<double>(6, 0.0));
}

}  // namespace
}  // namespace hairpin
