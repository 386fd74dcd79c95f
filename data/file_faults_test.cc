// Vocabularies and caches of ids on disks that fail.
#include <memory>
#include <string>

#include "data/test_util.h"
#include "data/token_cache.h"
#include "data/token_cache_builder.h"
#include "data/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/writer_faults.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

TEST(FileFaultsTest, Vocabulary) {
  const WriterUnderTest writer = {
      .folder = TestPath("vocabulary_faults"),
      .name = "vocab.txt",
      .write =
          [](const std::string& path, bool second) {
            return TestVocabulary({"a", second ? "second" : "first"}).Save(path);
          },
      .load = [](const std::string& path) { return Vocabulary::Load(path).status(); }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "write"));
  EXPECT_GE(CheckPowerLoss(writer), 8);
}

TEST(FileFaultsTest, TokenCache) {
  std::string words;
  for (int i = 0; i < 30'000; ++i) words += i % 3 == 0 ? "a " : "b ";
  const std::string text = WriteTestFile("text", words + "\n");
  const WriterUnderTest writer = {
      .folder = TestPath("cache_faults"),
      .name = "train",
      .write =
          [&](const std::string& path, bool second) {
            const Vocabulary vocabulary = TestVocabulary({"a", second ? "b" : "c"});
            return BuildTokenCache({{text}}, vocabulary, {.seq_len = 8}, path).status();
          },
      .load = [](const std::string& path) { return TokenCache::Open(path).status(); }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "write"));
  EXPECT_GE(CheckPowerLoss(writer), 10);
}

}  // namespace
}  // namespace hairpin
