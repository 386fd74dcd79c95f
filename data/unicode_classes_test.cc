#include "data/unicode_classes.h"

#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(UnicodeClassesTest, FirstAndLastOfARangeAndTheirNeighbours) {
  EXPECT_EQ(ClassOf(0x2B73F), CharacterClass::kIdeograph);
  EXPECT_EQ(ClassOf(0x2B81F), CharacterClass::kIdeograph);
  EXPECT_EQ(ClassOf(0x2B820), CharacterClass::kOther);
  EXPECT_EQ(ClassOf(0x2B91F), CharacterClass::kOther);
  EXPECT_EQ(ClassOf(0x2B920), CharacterClass::kIdeograph);
  EXPECT_EQ(ClassOf(0x2FF), CharacterClass::kOther);
  EXPECT_EQ(ClassOf(0x300), CharacterClass::kMark);
  EXPECT_EQ(ClassOf(0x36F), CharacterClass::kMark);
  EXPECT_EQ(ClassOf(0x370), CharacterClass::kOther);
  EXPECT_EQ(ClassOf(kLastCodePoint), CharacterClass::kOther);
}

TEST(UnicodeClassesTest, AsciiIsLettersDigitsSignsSpacesAndControls) {
  for (CodePoint p = 0; p < 0x80; ++p) {
    const char c = static_cast<char>(p);
    CharacterClass expected = CharacterClass::kPunctuation;
    if (p < 0x20 || p == 0x7F) expected = CharacterClass::kRemoved;
    if (std::string_view(" \t\n\r").find(c) != std::string_view::npos) {
      expected = CharacterClass::kSpace;
    }
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
      expected = CharacterClass::kOther;
    }
    EXPECT_EQ(ClassOf(p), expected) << p;
  }
}

// The 25 of Unicode's property White_Space.
TEST(UnicodeClassesTest, WhiteSpaceIsUnicodes) {
  std::vector<CodePoint> found, expected = {9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680};
  for (CodePoint p = 0x2000; p <= 0x200A; ++p) expected.push_back(p);
  expected.insert(expected.end(), {0x2028, 0x2029, 0x202F, 0x205F, 0x3000});
  for (CodePoint p = 0; p <= kLastCodePoint; ++p) {
    if (IsWhiteSpace(p)) found.push_back(p);
  }
  EXPECT_EQ(found, expected);
}

TEST(UnicodeClassesTest, LowerCaseOfOldAndYoungLetters) {
  for (CodePoint p = 0; p < 0x80; ++p) {
    EXPECT_EQ(LowerCase(p), p >= 'A' && p <= 'Z' ? p + 32 : p) << p;
  }
  EXPECT_EQ(LowerCase(0x3A3), 0x3C3u);    // sigma, never the final one
  EXPECT_EQ(LowerCase(0x3C2), 0x3C2u);    // which stays
  EXPECT_EQ(LowerCase(0x1E9E), 0xDFu);    // sharp s
  EXPECT_EQ(LowerCase(0x10400), 0x10428u);
  EXPECT_EQ(LowerCase(0x1C89), 0x1C8Au);  // younger than some releases of utf8proc
  EXPECT_EQ(LowerCase(0xA7DC), 0x19Bu);
  EXPECT_EQ(LowerCase(0x10D65), 0x10D85u);
  EXPECT_EQ(LowerCase(0x16EB8), 0x16ED3u);
}

TEST(UnicodeClassesTest, LowerCaseOfLowerCaseIsItself) {
  for (CodePoint p = 0; p <= kLastCodePoint; ++p) {
    const CodePoint lower = LowerCase(p);
    ASSERT_EQ(LowerCase(lower), lower) << std::hex << "U+" << p;
  }
}

}  // namespace
}  // namespace hairpin
