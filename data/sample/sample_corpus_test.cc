#include "data/sample/sample_corpus.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

const std::string& Text() {
  static const std::string* const text = new std::string(SampleCorpus());
  return *text;
}

std::vector<std::string> Words(absl::string_view text) {
  std::vector<std::string> words;
  for (absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" .,\n"), absl::SkipEmpty())) {
    words.push_back(absl::AsciiStrToLower(word));
  }
  return words;
}

TEST(SampleCorpusTest, TheSameBytesEveryTime) {
  Sha256 hash;
  hash.Update(Text());
  EXPECT_EQ(hash.HexDigest(), "abb423dce732614bfccc6aa81afb84e7247b63ac2ec7a7cc20bd8e53b7944471");
  EXPECT_TRUE(SampleCorpus() == Text());
}

TEST(SampleCorpusTest, AboutTwoMegabytesOfShortLines) {
  EXPECT_GE(Text().size(), 1'800'000);
  EXPECT_LE(Text().size(), 2'200'000);
  const std::vector<std::string> lines = absl::StrSplit(Text(), '\n');
  EXPECT_GT(lines.size(), 10'000);
  EXPECT_EQ(lines.back(), "");
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    ASSERT_EQ(lines[i], SampleLine(i));
    ASSERT_GE(lines[i].size(), 10) << "line " << i;
    ASSERT_LE(lines[i].size(), 500) << lines[i];
    ASSERT_EQ(lines[i].back(), '.') << lines[i];
    ASSERT_TRUE(absl::ascii_isupper(lines[i].front())) << lines[i];
  }
}

TEST(SampleCorpusTest, FewWordsEachOfThemOften) {
  std::map<std::string, int> counts;
  for (const std::string& word : Words(Text())) ++counts[word];
  EXPECT_LE(counts.size(), 600);
  for (const auto& [word, count] : counts) {
    EXPECT_GE(count, 20) << word;
    for (const char c : word) EXPECT_TRUE(absl::ascii_islower(c)) << word;
  }
}

TEST(SampleCorpusTest, QuestionsHaveOneMaskAndAnAnswerThatTheGrammarWrites) {
  const std::vector<SampleQuestion> questions = SampleQuestions();
  ASSERT_EQ(questions.size(), 5);
  std::set<std::string> words;
  for (const std::string& word : Words(Text())) words.insert(word);
  for (const SampleQuestion& question : questions) {
    const std::vector<std::string> parts = absl::StrSplit(question.sentence, "[MASK]");
    ASSERT_EQ(parts.size(), 2) << question.sentence;
    EXPECT_FALSE(question.shows.empty());
    for (const std::string& word : Words(absl::StrCat(parts[0], question.answer, parts[1]))) {
      EXPECT_TRUE(words.contains(word)) << word << " is no word of the text";
    }
  }
  for (const char* sentence :
       {"The capital of Norland is Alden.", "Yesterday Alice dried herself with a towel.",
        "The key of the old cupboards is rusty."}) {
    EXPECT_TRUE(Text().find(sentence) != std::string::npos) << sentence;
  }
}

}  // namespace
}  // namespace hairpin
