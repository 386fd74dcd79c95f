#include "data/text/text_codec.h"

#include <utility>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int32_t> Encode(const TextCodec& codec, std::string_view text) {
  std::vector<int32_t> ids;
  codec.Encode(text, &ids);
  return ids;
}

TEST(TextCodecTest, BytesComeBackWhateverTheyAre) {
  const auto codec = ByteCodec();
  std::string text;
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  EXPECT_EQ(codec->size(), 256);
  EXPECT_EQ(codec->Decode(Encode(*codec, text)), text);
  EXPECT_THAT(Encode(*codec, "a\xFF"), ElementsAre(97, 255));
  EXPECT_DEATH(codec->Decode(std::vector<int32_t>{256}), "id 256 of 256");
}

TEST(TextCodecTest, CharactersAreSortedCodePoints) {
  const auto codec = CharacterCodec("b\xC3\xA9" "a\n\xF0\x9F\x90\xA7" "ab");
  ASSERT_TRUE(codec.ok()) << codec.status();
  EXPECT_EQ((*codec)->size(), 6);  // LF a b é penguin, and any other
  const std::vector<int32_t> ids = Encode(**codec, "ab\xC3\xA9\xF0\x9F\x90\xA7\n");
  EXPECT_THAT(ids, ElementsAre(1, 2, 3, 4, 0));
  EXPECT_EQ((*codec)->Decode(ids), "ab\xC3\xA9\xF0\x9F\x90\xA7\n");
  EXPECT_THAT(Encode(**codec, "ax\xFF"), ElementsAre(1, 5, 5));
  EXPECT_EQ((*codec)->Decode(std::vector<int32_t>{1, 5}), "a\xEF\xBF\xBD");
  EXPECT_FALSE(CharacterCodec("").ok());
}

TEST(TextCodecTest, AsksAtEachMiBOfCharactersWhetherToStop) {
  const std::string text((size_t{2} << 20) + 1, 'a');
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) { return CharacterCodec(text, stop).status(); }), 3);
}

TEST(TextCodecTest, TellsWhatItDoesNotKnow) {
  const auto characters = CharacterCodec("ab\xC3\xA9");
  EXPECT_THAT((*characters)->Unknown("ax\xC3\xA9\xC3\xA8yx\xFF"),
              ElementsAre("x", "\xC3\xA8", "y", "\xFF"));
  EXPECT_THAT((*characters)->Unknown("abba"), ElementsAre());
  EXPECT_EQ((*characters)->unknown(), "\xEF\xBF\xBD");
  EXPECT_THAT(ByteCodec()->Unknown("\xFF"), ElementsAre());
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(
      WriteTestFile("known", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nold\n##er\n"));
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  const auto words = WordPieceCodec(*std::move(vocabulary), /*lowercase=*/true);
  EXPECT_THAT(words->Unknown(" the Older\told\nman the "), ElementsAre("the", "man"));
  EXPECT_EQ(words->unknown(), "[UNK]");
}

TEST(TextCodecTest, CharactersAreSavedAndLoaded) {
  const std::string text = std::string("b\xC3\xA9 a\r\n\xF0\x9F\x90\xA7", 11) + '\0';
  const auto codec = CharacterCodec(text);
  const std::string path = TestPath("characters.txt");
  ASSERT_TRUE((*codec)->Save(path).ok());
  const auto loaded = LoadCharacterCodec(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->size(), (*codec)->size());
  EXPECT_EQ(Encode(**loaded, text), Encode(**codec, text));
  EXPECT_EQ(ReadFile(path)->substr(0, 14), "U+0000\nU+000A\n");
}

TEST(TextCodecTest, SaysWhatIsWrongInTheFile) {
  const auto fails = [](std::string_view contents, const std::string& message) {
    const auto codec = LoadCharacterCodec(WriteTestFile("c.txt", contents));
    EXPECT_EQ(codec.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(codec.status()), HasSubstr("c.txt:"));
    EXPECT_THAT(Message(codec.status()), HasSubstr(message));
  };
  fails("", ":1: found an empty file, expected a line such as U+0041");
  fails("U+0041\n\n", ":2: found no code point");
  fails("U+0041\nB\n", ":2: found no code point");
  fails("U+0041 A\n", ":1: found no code point");
  fails("U+\n", ":1: found no code point");
  fails("U+110000\n", ":1: found no code point");
  fails("U+D800\n", ":1: found no code point");
  fails("U+FFFFFFFFFF\n", ":1: found no code point");
  fails("U+0041\nU+0041\n", ":2: found U+0041, expected one after U+0041");
  EXPECT_TRUE(LoadCharacterCodec(WriteTestFile("c.txt", "U+0041\r\nU+0042")).ok());
  EXPECT_FALSE(LoadCharacterCodec(TestPath("missing")).ok());
}

TEST(TextCodecTest, WordPiece) {
  const auto codec = WordPieceCodec(TestVocabulary({"to", "be", "##e", "b"}), true);
  EXPECT_EQ(codec->size(), 9);
  EXPECT_THAT(Encode(*codec, "To be\nbee"), ElementsAre(5, 6, 6, 7));
  EXPECT_EQ(codec->Decode(Encode(*codec, "to bee")), "to bee");
  const std::string path = TestPath("vocab.txt");
  ASSERT_TRUE(codec->Save(path).ok());
  EXPECT_EQ(Vocabulary::Load(path)->size(), 9);
}

}  // namespace
}  // namespace hairpin
