#include "tensor/dtype.h"

#include <cstdint>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tensor/tensor.pb.h"

namespace hairpin {
namespace {

template <class T>
void ExpectType(DType dtype, const char* name, bool floating) {
  EXPECT_EQ(DTypeOf<T>, dtype);
  EXPECT_EQ(SizeOf(dtype), static_cast<int64_t>(sizeof(T)));
  EXPECT_EQ(IsFloating(dtype), floating);
  EXPECT_STREQ(Name(dtype), name);
  std::ostringstream stream;
  stream << dtype;
  EXPECT_EQ(stream.str(), name);
}

TEST(DTypeTest, SaysWhatAnElementIs) {
  ExpectType<float>(DType::kFloat32, "float32", true);
  ExpectType<double>(DType::kFloat64, "float64", true);
  ExpectType<int32_t>(DType::kInt32, "int32", false);
}

// Files hold the numbers.
TEST(DTypeTest, IsTheFileFormats) {
  EXPECT_EQ(static_cast<int>(DType::kFloat32), TensorProto::FLOAT32);
  EXPECT_EQ(static_cast<int>(DType::kFloat64), TensorProto::FLOAT64);
  EXPECT_EQ(static_cast<int>(DType::kInt32), TensorProto::INT32);
}

TEST(DTypeTest, DispatchCallsTheBodyOfTheType) {
  const auto size = []<class T>() { return sizeof(T); };
  EXPECT_EQ(DispatchFloating(DType::kFloat32, size), 4u);
  EXPECT_EQ(DispatchFloating(DType::kFloat64, size), 8u);
}

TEST(DTypeDeathTest, DispatchOfAnInteger) {
  EXPECT_DEATH(DispatchFloating(DType::kInt32, []<class T>() {}),
               "found dtype int32, expected float32 or float64");
}

}  // namespace
}  // namespace hairpin
