#include "data/token_cache_builder.h"

#include <unistd.h>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

// a is 5, b is 6, c is 7.
Vocabulary Letters() { return TestVocabulary({"a", "b", "c", "##a", "[", "]", "mask"}); }

std::vector<Ids> Records(const std::string& path) {
  std::vector<Ids> records;
  const auto cache = TokenCache::Open(path);
  EXPECT_TRUE(cache.ok()) << cache.status();
  if (!cache.ok()) return records;
  for (int64_t i = 0; i < (*cache)->records(); ++i) {
    Ids ids(static_cast<size_t>((*cache)->seq_len()));
    EXPECT_TRUE((*cache)->Read(i, std::span(ids)).ok());
    records.push_back(ids);
  }
  return records;
}

TEST(TokenCacheBuilderTest, StreamIsCutAnywhereAndTheRestDropped) {
  const std::string text = WriteTestFile("stream", "a b c\n\n a x\r\nb b b b\nc");
  const std::string path = TestPath("stream.ids");
  const auto info = BuildTokenCache({{text}}, Letters(), {.seq_len = 5}, path);
  ASSERT_TRUE(info.ok()) << info.status();
  // a b c / S a ? / S b b / b b S / c S: the last is incomplete.
  EXPECT_THAT(Records(path), ElementsAre(Ids{2, 5, 6, 7, 3}, Ids{2, 3, 5, 1, 3},
                                         Ids{2, 3, 6, 6, 3}, Ids{2, 6, 6, 3, 3}));
  EXPECT_EQ(info->records, 4);
  EXPECT_EQ(info->lines, 4);
  EXPECT_EQ(info->ids, 10);
  EXPECT_EQ(info->unknown_ids, 1);
  // One line's end more, and the last record is complete: it must not be lost.
  const std::string full = WriteTestFile("full", "a b c\n\n a x\r\nb b b b\nc\n\x01\n");
  ASSERT_TRUE(BuildTokenCache({{full}}, Letters(), {.seq_len = 5}, path).ok());
  EXPECT_EQ(Records(path).size(), 5u);
  EXPECT_EQ(Records(path).back(), (Ids{2, 7, 3, 3, 3}));
}

TEST(TokenCacheBuilderTest, LinesArePaddedCutAndSkipped) {
  const std::string text = WriteTestFile("lines", "a\n\nb c a b c\n\x01\nc a b\n");
  const std::string path = TestPath("lines.ids");
  const auto info =
      BuildTokenCache({{text}}, Letters(), {.seq_len = 5, .packing = Packing::kLine}, path);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_THAT(Records(path), ElementsAre(Ids{2, 5, 3, 0, 0}, Ids{2, 6, 7, 5, 3},
                                         Ids{2, 7, 5, 6, 3}));
}

TEST(TokenCacheBuilderTest, SpecialTokensInTextAreOrdinaryText) {
  const std::string text = WriteTestFile("special", "a [MASK] b\n");
  const std::string path = TestPath("special.ids");
  ASSERT_TRUE(
      BuildTokenCache({{text}}, Letters(), {.seq_len = 7, .packing = Packing::kLine}, path).ok());
  EXPECT_THAT(Records(path), ElementsAre(Ids{2, 5, 9, 11, 10, 6, 3}));
}

TEST(TokenCacheBuilderTest, TheSameBytesForAnyNumberOfThreadsAndALineOfAnyLength) {
  std::string text;
  for (int i = 0; i < 400000; ++i) {
    text += "abc"[int64_t{i} * i % 3];
    text += i % 1000 == 999 && i < 200000 ? '\n' : ' ';  // then one line of 400 kB
  }
  const std::string source = WriteTestFile("long", text);
  for (const Packing packing : {Packing::kStream, Packing::kLine}) {
    std::string first;
    for (int threads = 1; threads <= 3; ++threads) {
      SetNumThreads(threads);
      const std::string path = TestPath("threads.ids");
      const auto info = BuildTokenCache({{source}}, Letters(),
                                        {.seq_len = 50, .packing = packing}, path);
      ASSERT_TRUE(info.ok()) << info.status();
      EXPECT_EQ(info->lines, 201);
      EXPECT_EQ(info->records, packing == Packing::kLine ? 201 : (400000 + 201) / 48);
      const std::string contents = *ReadFile(path);
      if (threads == 1) first = contents;
      EXPECT_EQ(contents, first);
    }
  }
  SetNumThreads(1);
}

TEST(TokenCacheBuilderTest, DescribesWhatItBuilds) {
  const std::string text = WriteTestFile("described", "a b c a b c\n");
  const TextSource source{{text}, TextPart::kTrain};
  const TokenCacheOptions options{.seq_len = 4, .lowercase = false};
  const Vocabulary v = Letters();
  const std::string path = TestPath("described.ids");
  ASSERT_TRUE(BuildTokenCache(source, v, options, path).ok());
  const auto describe = [&] {
    return DescribeTokenCache(*HashText(source.paths), source.part, v, options);
  };
  const auto cache = TokenCache::Open(path);
  ASSERT_TRUE(cache.ok());
  EXPECT_TRUE(CheckSameSource((*cache)->info(), describe(), path).ok());
  WriteTestFile("described", "a b c a b b\n");
  EXPECT_FALSE(CheckSameSource((*cache)->info(), describe(), path).ok());
}

TEST(TokenCacheBuilderTest, ErrorsLeaveNothing) {
  const std::string path = TestPath("error.ids");
  const std::string text = WriteTestFile("short", "a b\n");
  const auto error = [&](const TextSource& source, const TokenCacheOptions& options) {
    return Message(BuildTokenCache(source, Letters(), options, path).status());
  };
  EXPECT_THAT(error({{text}}, {.seq_len = 64}),
              HasSubstr("short: found 2 ids in 1 lines, too short for one sequence; expected at"));
  EXPECT_THAT(error({{text}, TextPart::kEvaluation}, {.seq_len = 4}),
              HasSubstr("found 0 ids in 0 lines kept for evaluation"));
  EXPECT_THAT(error({{text}}, {.seq_len = 2}), HasSubstr("seq_len 2, expected at least 3"));
  EXPECT_THAT(error({{TestPath("none")}}, {}), HasSubstr("none: cannot open"));
  EXPECT_THAT(Message(BuildTokenCache({{text}}, TestVocabulary({}), {}, path).status()),
              HasSubstr("no token but the five special ones"));
  EXPECT_FALSE(BuildTokenCache({{text}}, Letters(), {.seq_len = 4}, TestPath("no/dir/x")).ok());
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_NE(access((path + ".partial").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace hairpin
