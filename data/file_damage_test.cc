// Vocabularies and caches of ids on disks that rot.
#include <cstddef>
#include <string>

#include "data/test_util.h"
#include "data/token_cache.h"
#include "data/token_cache_builder.h"
#include "data/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/damage.h"
#include "tensor/file.h"
#include "tensor/largest_allocation.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::MatchesRegex;

TEST(FileDamageTest, OfATokenCacheIsAnErrorThatNamesFileAndPlace) {
  const std::string text = WriteTestFile("text", "a b a b a b a b a b a b\n");
  const std::string path = TestPath("cache");
  ASSERT_TRUE(BuildTokenCache({{text}}, TestVocabulary({"a", "b"}), {.seq_len = 5}, path).ok());
  const std::string whole = *ReadFile(path);
  ForEachDamage(whole, [&](const std::string& damaged) {
    const std::string file = WriteTestFile("damaged", damaged);
    const ScopedLargestAllocation largest;
    const absl::Status status = TokenCache::Open(file).status();
    EXPECT_LE(largest.bytes(), whole.size() + 200);  // messages
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(Message(status),
                MatchesRegex(file + ": (byte [0-9]+: |header: |records: |)found .*"));
  });
}

// A vocab.txt is anybody's file and has no checksum: what can be read is another vocabulary, by
// which no cache of ids goes.
TEST(FileDamageTest, OfAVocabularyIsAnErrorOrSeenByItsFingerprint) {
  const std::string path = TestPath("vocab.txt");
  const Vocabulary vocabulary = TestVocabulary({"a", "##a", "\u00e9", "b"});
  ASSERT_TRUE(vocabulary.Save(path).ok());
  const std::string whole = *ReadFile(path);
  int read = 0;
  ForEachDamage(whole, [&](const std::string& damaged) {
    const std::string file = WriteTestFile("damaged.txt", damaged);
    const ScopedLargestAllocation largest;
    const absl::StatusOr<Vocabulary> found = Vocabulary::Load(file);
    EXPECT_LE(largest.bytes(), whole.size() + 16384);  // the trie
    if (!found.ok()) {
      EXPECT_THAT(Message(found.status()), MatchesRegex(file + ":.*found .*expected .*"));
    } else if (damaged + "\n" != whole) {  // else it is the same vocabulary
      ++read;
      EXPECT_NE(found->Fingerprint(), vocabulary.Fingerprint());
    }
  });
  EXPECT_GT(read, 50);
}

}  // namespace
}  // namespace hairpin
