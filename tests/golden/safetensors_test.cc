#include "tests/golden/safetensors.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A file with this header and these data.
std::string File(const std::string& header, const std::string& data) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return file + header + data;
}

template <class T>
std::string Bytes(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

std::string ErrorOf(const std::string& file) {
  return std::string(Safetensors::Parse(file, "some.file").status().message());
}

std::string ErrorOfEntry(const std::string& entry) {
  return ErrorOf(File(absl::StrCat(R"({"x": )", entry, "}"), std::string(8, '\0')));
}

const char kHeader[] = R"({"__metadata__": {"format": "pt"},
    "matrix": {"dtype": "F64", "shape": [1, 2], "data_offsets": [4, 20]},
    "scalar": {"dtype": "I32", "shape": [], "data_offsets": [0, 4]},
    "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [20, 20]}})";

std::string GoodFile() {
  return File(kHeader, Bytes<int32_t>({-7}) + Bytes<double>({0.5, -2.25}));
}

TEST(SafetensorsTest, ReadsDtypeShapeAndBytes) {
  const Safetensors file = Safetensors::Parse(GoodFile(), "some.file").value();
  ASSERT_EQ(file.tensors().size(), 3);

  const RawTensor* matrix = file.Find("matrix");
  ASSERT_NE(matrix, nullptr);
  EXPECT_EQ(matrix->dtype, "F64");
  EXPECT_THAT(matrix->shape, ElementsAre(1, 2));
  EXPECT_EQ(matrix->num_elements(), 2);
  EXPECT_EQ(std::string(matrix->bytes), Bytes<double>({0.5, -2.25}));

  const RawTensor* scalar = file.Find("scalar");
  ASSERT_NE(scalar, nullptr);
  EXPECT_EQ(scalar->dtype, "I32");
  EXPECT_THAT(scalar->shape, IsEmpty());
  EXPECT_EQ(std::string(scalar->bytes), Bytes<int32_t>({-7}));

  const RawTensor* empty = file.Find("empty");
  ASSERT_NE(empty, nullptr);
  EXPECT_EQ(empty->num_elements(), 0);
  EXPECT_EQ(empty->bytes.size(), 0);

  EXPECT_EQ(file.Find("__metadata__"), nullptr);
  EXPECT_EQ(file.Find("another"), nullptr);
}

TEST(SafetensorsTest, BytesStayWhereTheyAreWhenTheFileIsMoved) {
  Safetensors file = Safetensors::Parse(GoodFile(), "some.file").value();
  const Safetensors moved = std::move(file);
  EXPECT_EQ(std::string(moved.Find("scalar")->bytes), Bytes<int32_t>({-7}));
}

TEST(SafetensorsTest, EveryCutIsAnError) {
  const std::string good = GoodFile();
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(Safetensors::Parse(good.substr(0, size), "some.file").ok()) << size;
  }
  EXPECT_THAT(ErrorOf("abc"), HasSubstr("some.file: has 3 bytes, expected at least 8"));
  EXPECT_THAT(ErrorOf(File("{}", "").substr(0, 9)),
              HasSubstr("says its header has 2 bytes, but only 1 follow"));
  EXPECT_THAT(ErrorOf(good.substr(0, good.size() - 1)),
              HasSubstr("tensor empty has bytes [20, 20), but there are only 19: the file is cut"));
}

TEST(SafetensorsTest, AHeaderLengthBeyondAllBoundsIsAnError) {
  std::string file = GoodFile();
  file.replace(0, 8, std::string(8, '\xff'));
  EXPECT_THAT(ErrorOf(file), HasSubstr("says its header has 18446744073709551615 bytes"));
}

TEST(SafetensorsTest, ABrokenHeaderIsAnError) {
  EXPECT_THAT(ErrorOf(File("{\"x\": ", "")), HasSubstr("its header is not a JSON object"));
  EXPECT_THAT(ErrorOf(File("[1, 2]", "")), HasSubstr("its header is not a JSON object"));
  EXPECT_THAT(ErrorOfEntry("5"), HasSubstr("tensor x has no dtype"));
  EXPECT_THAT(ErrorOfEntry(R"({"dtype": "F64"})"), HasSubstr("tensor x has no shape"));
  EXPECT_THAT(ErrorOfEntry(R"({"dtype": "F64", "shape": ["1"]})"), HasSubstr("has no shape"));
  EXPECT_THAT(ErrorOfEntry(R"({"dtype": "F64", "shape": [1]})"), HasSubstr("no data_offsets"));
  EXPECT_THAT(ErrorOfEntry(R"({"dtype": "F64", "shape": [1], "data_offsets": [0]})"),
              HasSubstr("no data_offsets"));
  EXPECT_THAT(ErrorOfEntry(R"({"dtype": "F16", "shape": [4], "data_offsets": [0, 8]})"),
              HasSubstr("has dtype F16, expected F64, F32, I64 or I32"));
}

TEST(SafetensorsTest, BytesThatDoNotFitTheShapeAreAnError) {
  const auto entry = [](const std::string& shape, const std::string& offsets) {
    return ErrorOfEntry(absl::StrCat(R"({"dtype": "F32", "shape": )", shape,
                                     R"(, "data_offsets": )", offsets, "}"));
  };
  EXPECT_EQ(entry("[2]", "[0, 8]"), "");
  for (const char* shape : {"[1]", "[3]", "[-2]", "[4611686018427387904, 4]"}) {
    EXPECT_THAT(entry(shape, "[0, 8]"), HasSubstr("which do not fit its shape")) << shape;
  }
  EXPECT_THAT(entry("[2]", "[-8, 0]"), HasSubstr("which do not fit its shape"));
  EXPECT_THAT(entry("[2]", "[8, 0]"), HasSubstr("which do not fit its shape"));
  EXPECT_THAT(entry("[2]", "[4, 12]"), HasSubstr("there are only 8: the file is cut"));
}

TEST(SafetensorsTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THAT(std::string(Safetensors::Read("/no/such.file").status().message()),
              HasSubstr("/no/such.file: cannot be read"));
}

}  // namespace
}  // namespace hairpin::golden
