#include "nn/record_file.h"

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

using ::testing::HasSubstr;

// Where things stand in a file; the format is in the header.
constexpr size_t kVersion = 8, kRecords = 12, kFileBytes = 20, kHeaderCrc = 28, kHeader = 32;
constexpr size_t kLength = 8, kCrc = 4;

std::string Write(const std::string& name, const std::vector<std::string>& records) {
  auto writer = RecordWriter::Create(TestPath(name)).value();
  for (const std::string& record : records) EXPECT_TRUE(writer->Append(record).ok());
  EXPECT_TRUE(writer->Commit().ok());
  return ReadFile(TestPath(name)).value();
}

// The records up to the end or the first error.
absl::Status Read(const std::string& path, std::vector<std::string>* records) {
  records->clear();
  auto reader = RecordReader::Open(path);
  if (!reader.ok()) return reader.status();
  std::string record;
  while (true) {
    absl::StatusOr<bool> more = (*reader)->Next(&record);
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    records->push_back(record);
  }
}

std::string ErrorOf(const std::string& contents) {
  WriteTestFile("damaged", contents);
  std::vector<std::string> records;
  const absl::Status status = Read(TestPath("damaged"), &records);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  return std::string(status.message());
}

template <class T>
void Patch(std::string* contents, size_t offset, T value) {
  std::memcpy(contents->data() + offset, &value, sizeof(value));
}

// Makes the CRC of `bytes` bytes at `offset`, which follows them, right again.
void Seal(std::string* contents, size_t offset, size_t bytes) {
  Patch(contents, offset + bytes, Crc32c(contents->data() + offset, bytes));
}

const std::vector<std::string>& SmallRecords() {
  static const auto* records = new std::vector<std::string>{
      "first", "", std::string("\0\n\xFF", 3), "third"};
  return *records;
}

TEST(RecordFileTest, RecordsComeBackAsTheyWere) {
  std::vector<std::string> records = SmallRecords(), found;
  records.push_back(std::string(3'000'000, 'x') + "y");
  Write("whole", records);
  ASSERT_TRUE(Read(TestPath("whole"), &found).ok());
  EXPECT_EQ(found, records);
  Write("none", {});
  ASSERT_TRUE(Read(TestPath("none"), &found).ok());
  EXPECT_TRUE(found.empty());
}

TEST(RecordFileTest, WithoutCommitNothingIsThere) {
  const std::string folder = TestPath("folder");
  std::filesystem::create_directory(folder);
  {
    auto writer = RecordWriter::Create(folder + "/a").value();
    EXPECT_TRUE(writer->Append("record").ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  EXPECT_TRUE(absl::IsNotFound(RecordReader::Open(folder + "/a").status()));
  EXPECT_TRUE(absl::IsNotFound(RecordWriter::Create(folder + "/none/a").status()));
}

TEST(RecordFileTest, CutAtAnyByteIsAnError) {
  const std::string whole = Write("whole", SmallRecords());
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_THAT(ErrorOf(whole.substr(0, n)), HasSubstr("damaged: header: ")) << n;
  }
  EXPECT_THAT(ErrorOf(whole + "x"), HasSubstr(absl::StrCat("the file has ", whole.size() + 1,
                                                           " bytes, expected ", whole.size())));
}

// Also where the header says that the short file is all there is.
TEST(RecordFileTest, CutUnderAForgedHeaderIsAnError) {
  const std::string whole = Write("whole", SmallRecords());
  for (size_t n = kHeader; n < whole.size(); ++n) {
    std::string cut = whole.substr(0, n);
    Patch<uint64_t>(&cut, kFileBytes, n);
    Seal(&cut, 0, kHeaderCrc);
    EXPECT_THAT(ErrorOf(cut), HasSubstr("damaged: ")) << n;
  }
}

TEST(RecordFileTest, AnyFlippedBitIsAnError) {
  const std::string whole = Write("whole", SmallRecords());
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_NE(ErrorOf(damaged), "") << bit;
  }
}

// Found before anything is allocated: 2^60 bytes can't be.
TEST(RecordFileTest, ALengthBeyondTheRestIsAnError) {
  const std::string whole = Write("whole", {"abc"});
  const size_t rest = whole.size() - kHeader;
  for (const uint64_t length : {uint64_t{4}, uint64_t{rest}, uint64_t{1} << 60, ~uint64_t{1}}) {
    std::string forged = whole;
    Patch(&forged, kHeader, length);
    Seal(&forged, kHeader, kLength);
    EXPECT_THAT(ErrorOf(forged),
                HasSubstr(absl::StrCat("damaged: record 1 at byte 32: its length is ", length,
                                       ", but only ", rest, " bytes of the file are left")));
  }
}

// Each record is whole, but it is not the one that was written there.
TEST(RecordFileTest, RecordsInOthersPlacesAreAnError) {
  const std::string whole = Write("whole", {"abc", "xyz"});
  const size_t frame = kLength + kCrc + 3 + kCrc;
  const std::string swapped = whole.substr(0, kHeader) + whole.substr(kHeader + frame, frame) +
                              whole.substr(kHeader, frame) + whole.substr(kHeader + 2 * frame);
  EXPECT_THAT(ErrorOf(swapped), HasSubstr("CRC of all records is "));
  const std::string other = Write("other", {"uvw", "xyz"});
  const std::string mixed = other.substr(0, kHeader + frame) + whole.substr(kHeader + frame);
  EXPECT_THAT(ErrorOf(mixed), HasSubstr("CRC of all records is "));
}

TEST(RecordFileTest, ForgedHeadersSayWhatIsWrong) {
  const std::string whole = Write("whole", SmallRecords());
  const auto forge = [&](auto change) {
    std::string forged = whole;
    change(&forged);
    Seal(&forged, 0, kHeaderCrc);
    return ErrorOf(forged);
  };
  EXPECT_THAT(forge([](std::string* f) { Patch<uint32_t>(f, kVersion, 7); }),
              HasSubstr("damaged: header: format version is 7, expected 2"));
  EXPECT_THAT(forge([](std::string* f) { Patch<uint64_t>(f, kRecords, 5); }),
              HasSubstr("damaged: the end record at byte 109: 4 records came before, expected 5"));
  EXPECT_THAT(forge([](std::string* f) {
                f->append("xy");
                Patch<uint64_t>(f, kFileBytes, f->size());
              }),
              HasSubstr("bytes follow the end record, 2"));
  EXPECT_THAT(ErrorOf("PK\x03\x04 something else, long enough to hold a header and an end"),
              HasSubstr("no checkpoint of Hairpin"));
}

TEST(RecordFileTest, ReadersErrorsNameTheFileTheRecordAndItsPlace) {
  std::string damaged = Write("whole", {"abc", "xyz"});
  const size_t second = kHeader + kLength + kCrc + 3 + kCrc;
  damaged[second + kLength + kCrc] ^= 1;
  EXPECT_THAT(ErrorOf(damaged), HasSubstr("damaged: record 2 at byte 51: CRC of its bytes is "));
  auto reader = RecordReader::Open(TestPath("whole")).value();
  std::string record;
  ASSERT_TRUE(reader->Next(&record).value());
  ASSERT_TRUE(reader->Next(&record).value());
  const absl::Status status = reader->Error("not what I wanted");
  EXPECT_TRUE(absl::IsDataLoss(status));
  const std::string expected = TestPath("whole") + ": record 2 at byte 51: not what I wanted";
  EXPECT_EQ(std::string(status.message()), expected);
  // The end is no record: what is missing is told of the last one.
  ASSERT_FALSE(reader->Next(&record).value());
  EXPECT_EQ(reader->num_records(), 2);
  EXPECT_EQ(std::string(reader->Error("not what I wanted").message()), expected);
}

}  // namespace
}  // namespace hairpin::nn
