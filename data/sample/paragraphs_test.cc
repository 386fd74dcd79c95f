#include "data/sample/paragraphs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "data/sample/world.h"
#include "gtest/gtest.h"

namespace hairpin::sample {
namespace {

const std::string& Text() {
  static const std::string* const text = [] {
    auto* all = new std::string;
    for (uint32_t i = 0; i < 12'000; ++i) {
      Dice dice(i);
      absl::StrAppend(all, WriteParagraph(dice), "\n");
    }
    return all;
  }();
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

TEST(ParagraphsTest, ArticlesFollowTheSound) {
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
TEST(ParagraphsTest, ReflexivesAgreeWithTheirSubjectInGenderAndNumber) {
  std::map<std::string, std::string> self = {{"she", "herself"}, {"he", "himself"}};
  for (const Person& person : People()) {
    self[absl::AsciiStrToLower(person.name)] =
        person.gender == Gender::kFemale ? "herself" : "himself";
  }
  for (const Kind& kind : Kinds()) {
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
TEST(ParagraphsTest, VerbsAgreeWithTheirSubjectAcrossTheClauseBetween) {
  std::set<std::string> plural, singular, base, third;
  for (const Kind& kind : Kinds()) {
    singular.insert(kind.noun.singular);
    plural.insert(kind.noun.plural);
  }
  for (const Action& action : Actions()) {
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

TEST(ParagraphsTest, VerbsChooseTheirObjects) {
  std::map<std::string, std::string> verb_of_form, verb_of_object;
  for (const Action& action : Actions()) {
    for (const char* form : {action.verb.base, action.verb.third, action.verb.past}) {
      verb_of_form[form] = action.verb.base;
    }
    for (const char* object : action.objects) verb_of_object[object] = action.verb.base;
  }
  int seen = 0;
  for (const std::vector<std::string>& words : Sentences()) {
    for (size_t i = 0; i + 3 < words.size(); ++i) {
      if (!verb_of_form.contains(words[i])) continue;
      const size_t article = words[i + 1] == "a" || words[i + 1] == "an";
      const std::string object = words[i + 1 + article] + " " + words[i + 2 + article];
      if (!verb_of_object.contains(object)) continue;
      EXPECT_EQ(verb_of_object[object], verb_of_form[words[i]]) << words[i] << " " << object;
      ++seen;
    }
  }
  EXPECT_GT(seen, 5000);
}

TEST(ParagraphsTest, FactsAreAlwaysTheSame) {
  for (const Country& country : Countries()) {
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

TEST(ParagraphsTest, SayNothingTwice) {
  for (uint32_t i = 0; i < 1000; ++i) {
    Dice dice(i);
    const std::string paragraph = WriteParagraph(dice);
    const std::vector<std::string> sentences = absl::StrSplit(paragraph, ". ");
    const std::set<std::string> distinct(sentences.begin(), sentences.end());
    EXPECT_EQ(distinct.size(), sentences.size()) << paragraph;
    EXPECT_LE(sentences.size(), 5) << paragraph;
  }
}

}  // namespace
}  // namespace hairpin::sample
