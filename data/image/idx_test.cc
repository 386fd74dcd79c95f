#include "data/image/idx.h"

#include "data/gzip_test_util.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string Word(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

// An IDX file of these sizes with `bytes` behind, as many as they should be or not.
std::string Idx(const std::vector<uint32_t>& sizes, const std::string& bytes) {
  std::string file = {0, 0, 8, static_cast<char>(sizes.size())};
  for (const uint32_t size : sizes) file += Word(size);
  return file + bytes;
}

std::string Bytes(size_t n) {
  std::string bytes;
  for (size_t i = 0; i < n; ++i) bytes += static_cast<char>(i * 7);
  return bytes;
}

absl::StatusOr<IdxArray> Read(const std::string& contents, int axes) {
  return ReadIdx(WriteTestFile("idx", contents), axes);
}

void ExpectError(const std::string& contents, int axes, absl::StatusCode code,
                 const std::string& message) {
  const auto array = Read(contents, axes);
  EXPECT_EQ(array.status().code(), code);
  EXPECT_THAT(Message(array.status()), AllOf(HasSubstr("/idx: "), HasSubstr(message)));
}

TEST(IdxTest, PlainAndPacked) {
  const std::string file = Idx({3, 2, 5}, Bytes(30));
  for (const std::string& contents : {file, Gzip(file)}) {
    const auto array = Read(contents, 3);
    ASSERT_TRUE(array.ok()) << array.status();
    EXPECT_THAT(array->sizes, ElementsAre(3, 2, 5));
    EXPECT_EQ(std::string(array->bytes.begin(), array->bytes.end()), Bytes(30));
  }
}

TEST(IdxTest, AsksWhetherToStop) {
  const std::string images = WriteTestFile("images", Idx({3000, 28, 28}, Bytes(3000 * 28 * 28)));
  const std::string labels = WriteTestFile("labels", Idx({3000}, std::string(3000, 1)));
  const int of_images = TimesAsked(
      [&](StopQuestion stop) { return ReadIdx(images, 3, std::move(stop)).status(); });
  EXPECT_GT(of_images, 3);
  const int of_labels = TimesAsked(
      [&](StopQuestion stop) { return ReadIdx(labels, 1, std::move(stop)).status(); });
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return ReadIdxImages(images, labels, std::move(stop)).status();
            }),
            of_images + of_labels);
}

TEST(IdxTest, OfSeveralChunks) {
  const std::string file = Idx({300001}, Bytes(300001));
  for (const std::string& contents : {file, Gzip(file)}) {
    const auto array = Read(contents, 1);
    ASSERT_TRUE(array.ok()) << array.status();
    EXPECT_EQ(std::string(array->bytes.begin(), array->bytes.end()), Bytes(300001));
  }
}

TEST(IdxTest, ImagesWithLabels) {
  const std::string images = WriteTestFile("images", Gzip(Idx({2, 2, 3}, Bytes(12))));
  const std::string labels = WriteTestFile("labels", Idx({2}, "\x03\x01"));
  const auto digits = ReadIdxImages(images, labels);
  ASSERT_TRUE(digits.ok()) << digits.status();
  EXPECT_EQ(digits->size(), 2);
  EXPECT_EQ(digits->record_shape(), Shape({1, 2, 3}));
  EXPECT_THAT(digits->classes(), ElementsAre(3, 1));
  EXPECT_THAT(digits->class_names(), ElementsAre("0", "1", "2", "3"));
  std::vector<float> features(6);
  digits->ReadFeatures(1, features);
  EXPECT_FLOAT_EQ(features[5], 77.0f / 255);

  const std::string more = WriteTestFile("labels", Idx({3}, Bytes(3)));
  const auto wrong = ReadIdxImages(images, more);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(wrong.status()), "labels: " + more + ": found 3 labels, expected 2 as there "
                                     "are images in " + images);
  const std::string no_images = TestPath("no_images"), no_labels = TestPath("no_labels");
  EXPECT_THAT(Message(ReadIdxImages(no_images, more).status()),
              StartsWith("images: " + no_images + ": cannot open"));
  EXPECT_THAT(Message(ReadIdxImages(images, no_labels).status()),
              StartsWith("labels: " + no_labels + ": cannot open"));
}

TEST(IdxTest, SaysWhatIsWrong) {
  using enum absl::StatusCode;
  ExpectError("", 3, kDataLoss, "byte 0: found the end, expected the four bytes");
  ExpectError(std::string(2, '\0'), 3, kDataLoss, "byte 2: found the end, expected the four bytes");
  ExpectError("P5 28 28", 3, kInvalidArgument,
              "byte 0: found 50 35 20 32, expected 00 00 08 03: an IDX file of unsigned bytes with "
              "3 axes");
  ExpectError(Idx({2}, Bytes(2)), 3, kInvalidArgument,
              "found 00 00 08 01, expected 00 00 08 03");
  ExpectError(Idx({2, 2, 2}, Bytes(8)), 1, kInvalidArgument, "with 1 axis");
  ExpectError(std::string("\0\0\x0d\x03", 4) + Word(1), 3, kInvalidArgument, "found 00 00 0d 03");
  ExpectError(Idx({2, 2, 2}, "").substr(0, 10), 3, kDataLoss,
              "byte 10: found the end, expected the size of axis 1");
  ExpectError(Idx({2, 0, 2}, ""), 3, kInvalidArgument, "byte 8: found size 0 of axis 1");
  ExpectError(Idx({2, 2, 2}, Bytes(7)), 3, kDataLoss,
              "byte 23: found the end, expected 8 elements");
  ExpectError(Idx({2, 2, 2}, Bytes(9)), 3, kDataLoss, "byte 24: found more");
  ExpectError(Gzip(Idx({2, 2, 2}, Bytes(9))), 3, kDataLoss, "byte 24: found more");
  EXPECT_EQ(ReadIdx(TestPath("missing"), 1).status().code(), kNotFound);
}

// Counts from outside, whose product is no int64 or more than any memory.
TEST(IdxTest, CountsThatTheFileCannotHold) {
  using enum absl::StatusCode;
  const uint32_t most = 0xFFFFFFFF;
  ExpectError(Idx({most, most, most}, Bytes(20)), 3, kResourceExhausted,
              "byte 4: found size 4294967295 of axis 0");
  ExpectError(Idx({4, most, most}, Bytes(20)), 3, kResourceExhausted, "byte 8: found size");
  ExpectError(Idx({6, 6, 2}, Bytes(20)), 3, kResourceExhausted,
              "byte 12: found size 2 of axis 2, expected no more elements than such a file can "
              "hold (36)");
  ExpectError(Gzip(Idx({most}, Bytes(20))), 1, kResourceExhausted, "byte 4: found size");
  // What a packed file might just hold is believed only as far as it comes.
  ExpectError(Gzip(Idx({40000}, Bytes(20))), 1, kDataLoss, "byte 28: found the end");
}

TEST(IdxTest, EveryPrefixAndEveryDamagedByteGivesAnAnswer) {
  const std::string plain = Idx({2, 3, 2}, Bytes(12));
  for (const std::string& file : {plain, Gzip(plain)}) {
    for (size_t size = 0; size < file.size(); ++size) {
      EXPECT_FALSE(Read(file.substr(0, size), 3).ok()) << size;
    }
    for (size_t i = 0; i < file.size(); ++i) {
      for (const int flip : {1, 0x80, 0xFF}) {
        std::string damaged = file;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        const auto array = Read(damaged, 3);  // a pixel may differ
        if (array.ok()) {
          EXPECT_EQ(array->bytes.size(), 12u) << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace hairpin
