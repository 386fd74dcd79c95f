#include "tensor/hash.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

// FIPS 180-4's examples.
TEST(Sha256Test, KnownAnswers) {
  EXPECT_EQ(Sha256().HexDigest(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 sum;
  sum.Update("ab");
  sum.Update("c");
  EXPECT_EQ(sum.HexDigest(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// Two pieces and a part of a third; the digest of the whole is that of the pieces.
TEST(HashFileTest, HashesAllPiecesOfAFile) {
  const std::string path = TestPath("pieces");
  std::string text;
  for (int i = 0; text.size() < (size_t{2} << 20) + 5; ++i) text += std::to_string(i);
  ASSERT_TRUE(WriteFileAtomically(path, text).ok());
  Sha256 sum;
  sum.Update(text);
  const auto digest = HashFile(path);
  ASSERT_TRUE(digest.ok()) << digest.status();
  EXPECT_EQ(*digest, (FileDigest{static_cast<int64_t>(text.size()), sum.HexDigest()}));
  text.back() ^= 1;
  ASSERT_TRUE(WriteFileAtomically(path, text).ok());
  EXPECT_NE(HashFile(path)->sha256, digest->sha256);
}

TEST(HashFileTest, StopsBetweenPiecesWhenAsked) {
  const std::string path = TestPath("stopped");
  ASSERT_TRUE(WriteFileAtomically(path, std::string(size_t{3} << 20, 'a')).ok());
  int asked = 0;
  const auto digest = HashFile(path, {.stop = [&] { return ++asked == 3; }});
  EXPECT_TRUE(absl::IsCancelled(digest.status())) << digest.status();
  EXPECT_EQ(asked, 3);
}

TEST(HashFileTest, KnownAnswers) {
  const std::string path = TestPath("million");
  ASSERT_TRUE(WriteFileAtomically(path, std::string(1000000, 'a')).ok());
  EXPECT_EQ(*HashFile(path),
            (FileDigest{1000000,
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}));
  ASSERT_TRUE(WriteFileAtomically(path, "").ok());
  EXPECT_EQ(HashFile(path)->sha256, Sha256().HexDigest());
  EXPECT_TRUE(absl::IsNotFound(HashFile(path + ".missing").status()));
}

// RFC 3720, appendix B.4, and the usual check value.
TEST(Crc32cTest, KnownAnswersAndContinuation) {
  EXPECT_EQ(Crc32c("123456789", 9), 0xE3069283u);
  EXPECT_EQ(Crc32c("6789", 4, Crc32c("12345", 5)), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0').data(), 32), 0x8A9136AAu);
  EXPECT_EQ(Crc32c("", 0), 0u);
}

}  // namespace
}  // namespace hairpin
