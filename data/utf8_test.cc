#include "data/utf8.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(Utf8Test, EveryCodePointComesBack) {
  for (CodePoint p = 0; p <= kLastCodePoint; ++p) {
    if (p >= 0xD800 && p <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(p, &text);
    size_t i = 0;
    ASSERT_EQ(DecodeUtf8(text, &i), p);
    ASSERT_EQ(i, text.size());
  }
}

// Unicode 15, tables 3-8 to 3-11: one U+FFFD for each longest start of a code point.
TEST(Utf8Test, ReplacesEachLongestStart) {
  const auto decode = [](std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size();) {
      const CodePoint p = DecodeUtf8(text, &i);
      out += p == kReplacement ? '?' : static_cast<char>(p);
    }
    return out;
  };
  EXPECT_EQ(decode("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82" "A"), "????????A");
  EXPECT_EQ(decode("\xED\xA0\x80\xED\xBF\xBF\xED\xAF" "A"), "????????A");
  EXPECT_EQ(decode("\xF4\x91\x92\x93\xFF" "A\x80\xBF" "B"), "?????A??B");
  EXPECT_EQ(decode("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF" "A"), "????A");
  EXPECT_EQ(decode("a\xE2\x82"), "a?");
}

}  // namespace
}  // namespace hairpin
