#include "data/sample/sample_corpus.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "data/sample/world.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

using sample::Gender;
using ::testing::HasSubstr;

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

// The words of every sentence of the text.
const std::vector<std::vector<std::string>>& Sentences() {
  static const auto* const sentences = [] {
    auto* all = new std::vector<std::vector<std::string>>;
    for (absl::string_view sentence : absl::StrSplit(Text(), absl::ByAnyChar(".\n"))) {
      std::vector<std::string> words = Words(sentence);
      if (!words.empty()) all->push_back(std::move(words));
    }
    return all;
  }();
  return *sentences;
}

TEST(SampleCorpusTest, TheSameBytesEveryTime) {
  Sha256 hash;
  hash.Update(Text());
  EXPECT_EQ(hash.HexDigest(), "5e9f300027bb8b3228c0fccceef343db6511d735916bfbaf6ebdae1ed4e3d75e");
  EXPECT_EQ(SampleCorpus(), Text());
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

TEST(SampleCorpusTest, ArticlesFollowTheSound) {
  int seen = 0;
  for (const std::vector<std::string>& words : Sentences()) {
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      if (words[i] != "a" && words[i] != "an") continue;
      const std::string& next = words[i + 1];
      const bool vowel = std::string("aeiou").find(next[0]) != std::string::npos;
      EXPECT_EQ(words[i] == "an", vowel && next != "useless") << words[i] << " " << next;
      ++seen;
    }
  }
  EXPECT_GT(seen, 5000);
}

// "... herself ..." has a woman, "himself" a man, "themselves" several people as its subject: the
// first of the sentence, wherever the second stands; or the one named before, in the same line.
TEST(SampleCorpusTest, ReflexivesAgreeWithTheirSubjectInGenderAndNumber) {
  std::map<std::string, std::string> self = {{"she", "herself"}, {"he", "himself"}};
  for (const sample::Person& person : sample::People()) {
    self[absl::AsciiStrToLower(person.name)] =
        person.gender == Gender::kFemale ? "herself" : "himself";
  }
  for (const sample::Kind& kind : sample::Kinds()) {
    self[kind.noun.singular] = kind.gender == Gender::kFemale ? "herself" : "himself";
    self[kind.noun.plural] = "themselves";
  }
  std::map<std::string, int> seen;
  for (const std::vector<std::string>& words : Sentences()) {
    for (const std::string& word : words) {
      if (word != "herself" && word != "himself" && word != "themselves") continue;
      const auto subject = std::find_if(words.begin(), words.end(),
                                        [&](const std::string& w) { return self.contains(w); });
      ASSERT_NE(subject, words.end());
      EXPECT_EQ(word, self[*subject]) << *subject;
      ++seen[word];
    }
  }
  EXPECT_EQ(seen.size(), 3);
  for (const auto& [word, count] : seen) EXPECT_GT(count, 500) << word;
}

// In "the girls who know the king sing ..." the last verb agrees with the first noun.
TEST(SampleCorpusTest, VerbsAgreeWithTheirSubjectAcrossTheClauseBetween) {
  std::set<std::string> plural, singular, base, third;
  for (const sample::Kind& kind : sample::Kinds()) {
    singular.insert(kind.noun.singular);
    plural.insert(kind.noun.plural);
  }
  for (const sample::Action& action : sample::Actions()) {
    base.insert(action.verb.base);
    third.insert(action.verb.third);
  }
  int seen[2] = {0, 0}, against_nearest = 0;
  for (const std::vector<std::string>& words : Sentences()) {
    if (words[0] != "the") continue;
    const std::string& noun = plural.contains(words[1]) || singular.contains(words[1])
                                  ? words[1]
                                  : words[2];
    if (!plural.contains(noun) && !singular.contains(noun)) continue;
    const auto verb = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
      return word != "read" && (base.contains(word) || third.contains(word));
    });
    if (verb == words.end()) continue;
    const bool several = plural.contains(noun);
    EXPECT_EQ(base.contains(*verb), several) << noun << " " << *verb;
    ++seen[several];
    const std::string& nearest = *(verb - 1);
    const bool a_noun = nearest != "like" && nearest != "likes";
    against_nearest += a_noun && (nearest.back() == 's') != several;
  }
  EXPECT_GT(seen[0], 1000);
  EXPECT_GT(seen[1], 1000);
  EXPECT_GT(against_nearest, 500) << "the noun beside the verb gives its number away";
}

TEST(SampleCorpusTest, VerbsChooseTheirObjects) {
  std::map<std::string, std::string> verb_of_form, verb_of_object;
  for (const sample::Action& action : sample::Actions()) {
    for (const char* form : {action.verb.base, action.verb.third, action.verb.past}) {
      verb_of_form[form] = action.verb.base;
    }
    for (const char* object : action.objects) verb_of_object[object] = action.verb.base;
  }
  int seen = 0;
  for (const std::vector<std::string>& words : Sentences()) {
    for (size_t i = 0; i + 2 < words.size(); ++i) {
      if (!verb_of_form.contains(words[i])) continue;
      const std::string& object =
          words[i + 1] == "a" || words[i + 1] == "an" ? words[i + 3] : words[i + 2];
      if (!verb_of_object.contains(object)) continue;
      EXPECT_EQ(verb_of_object[object], verb_of_form[words[i]]) << words[i] << " " << object;
      ++seen;
    }
  }
  EXPECT_GT(seen, 5000);
}

TEST(SampleCorpusTest, FactsAreAlwaysTheSame) {
  for (const sample::Country& country : sample::Countries()) {
    const std::string start = absl::StrCat("The capital of ", country.name, " is ");
    int seen = 0;
    for (size_t at = Text().find(start); at != std::string::npos; at = Text().find(start, at + 1)) {
      const std::string fact = absl::StrCat(start, country.capital, ".");
      EXPECT_EQ(Text().substr(at, fact.size()), fact);
      ++seen;
    }
    EXPECT_GT(seen, 30) << country.name;
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
  EXPECT_THAT(Text(), HasSubstr("The capital of Norland is Alden."));
  EXPECT_THAT(Text(), HasSubstr("Yesterday Alice washed herself in the stream."));
  EXPECT_THAT(Text(), HasSubstr("The key of the old cupboards is rusty."));
}

}  // namespace
}  // namespace hairpin
