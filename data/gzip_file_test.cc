#include "data/gzip_file.h"

#include <algorithm>

#include "data/gzip_test_util.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::HasSubstr;

// All that comes out of a file of these bytes, read by `step`.
absl::StatusOr<std::string> Unpacked(const std::string& contents, size_t step = 1000) {
  auto file = GzipFile::Open(WriteTestFile("file", contents));
  if (!file.ok()) return file.status();
  std::string text;
  std::vector<uint8_t> bytes(step);
  for (size_t got = step; got == step;) {
    absl::StatusOr<size_t> read = (*file)->Read(bytes);
    if (!read.ok()) return read.status();
    got = *read;
    text.append(bytes.begin(), bytes.begin() + static_cast<int64_t>(got));
  }
  EXPECT_LE(static_cast<int64_t>(text.size()), (*file)->max_bytes());
  return text;
}

std::string Letters(size_t n) {
  std::string text;
  for (size_t i = 0; i < n; ++i) text += static_cast<char>('a' + (i * i + i / 7) % 26);
  return text;
}

TEST(GzipFileTest, PlainAndPackedGiveTheSame) {
  for (const size_t n : {0, 1, 2, 999, 1000, 1001, 200000}) {
    const std::string text = Letters(n);
    EXPECT_EQ(*Unpacked(text), text) << n;
    EXPECT_EQ(*Unpacked(Gzip(text)), text) << n;
    EXPECT_EQ(*Unpacked(Gzip(text), 1), text) << n;
  }
}

TEST(GzipFileTest, MembersFollowEachOther) {
  EXPECT_EQ(*Unpacked(Gzip("one ") + Gzip("") + Gzip(Letters(1000))), "one " + Letters(1000));
}

TEST(GzipFileTest, TheLimitHolds) {
  const std::string zeros(3000000, '\0');
  EXPECT_EQ(*Unpacked(Gzip(zeros), 100000), zeros);
}

TEST(GzipFileTest, EveryDamageIsNoticedOrHarmless) {
  const std::string text = Letters(300), packed = Gzip(text);
  for (size_t size = 2; size < packed.size(); ++size) {
    const auto result = Unpacked(packed.substr(0, size));
    ASSERT_EQ(result.status().code(), absl::StatusCode::kDataLoss) << size;
    EXPECT_THAT(Message(result.status()),
                HasSubstr("found the end of the file inside packed data"));
  }
  for (size_t i = 10; i < packed.size(); ++i) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    EXPECT_EQ(Unpacked(damaged).status().code(), absl::StatusCode::kDataLoss) << i;
  }
}

TEST(GzipFileTest, AsksAtEachReadWhetherToStop) {
  const std::string text = Letters(3 << 20), packed = Gzip(text);
  const auto asked = [](const std::string& contents) {
    const std::string path = WriteTestFile("stopped", contents);
    return TimesAsked([&](StopQuestion stop) -> absl::Status {
      const auto file = GzipFile::Open(path, {.buffer_bytes = 1000, .stop = std::move(stop)});
      if (!file.ok()) return file.status();
      std::vector<uint8_t> bytes(4 << 20);
      return (*file)->Read(bytes).status();
    });
  };
  EXPECT_EQ(asked(text), 1 + 3);  // the first two bytes, then each MiB
  EXPECT_EQ(asked(packed), 1 + (static_cast<int>(packed.size()) + 999) / 1000);
}

TEST(GzipFileTest, SaysWhereAndWhat) {
  const auto after = Unpacked(Gzip("text") + "garbage");
  EXPECT_EQ(after.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(after.status()),
              AllOf(HasSubstr("/file: byte "), HasSubstr("found no sound gzip data")));
  EXPECT_EQ(GzipFile::Open(TestPath("missing")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace hairpin
