// The class of every code point of Unicode against what published tokenizers do to it.
#include <vector>

#include "data/unicode_classes.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/golden/golden.h"

namespace hairpin::golden {
namespace {

using nlohmann::json;

bool IsSurrogate(CodePoint point) { return point >= 0xD800 && point <= 0xDFFF; }

TEST(UnicodeGoldenTest, EveryCodePointHasTheClassThatTokenizersShow) {
  const auto text = ReadSeedlessGoldenFile("tokenizer/characters.json");
  ASSERT_TRUE(text.ok()) << text.status();
  const json shown = json::parse(*text);
  std::vector<CharacterClass> expected(kLastCodePoint + 1, CharacterClass::kOther);
  const auto mark = [&](const char* name, CharacterClass value) {
    ASSERT_FALSE(shown[name].empty()) << name;
    for (const json& range : shown[name]) {
      for (CodePoint p = range[0].get<CodePoint>(); p <= range[1].get<CodePoint>(); ++p) {
        expected[p] = value;
      }
    }
  };
  // The one that applies first comes last.
  mark("mark_stripped", CharacterClass::kMark);
  mark("punctuation", CharacterClass::kPunctuation);
  mark("ideograph", CharacterClass::kIdeograph);
  mark("to_space", CharacterClass::kSpace);
  mark("removed", CharacterClass::kRemoved);
  int wrong = 0;
  for (CodePoint p = 0; p <= kLastCodePoint; ++p) {
    if (IsSurrogate(p) || ClassOf(p) == expected[p] || ++wrong > 20) continue;
    ADD_FAILURE() << "U+" << std::hex << p << " has class " << std::dec
                  << static_cast<int>(ClassOf(p)) << ", expected "
                  << static_cast<int>(expected[p]);
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace hairpin::golden
