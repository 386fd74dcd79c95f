#include "data/sample/grammar.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace hairpin::sample {
namespace {

std::string ByGender(Gender gender, Number number, const char* female, const char* male,
                     const char* several) {
  if (number == Number::kPlural) return several;
  return gender == Gender::kFemale ? female : male;
}

}  // namespace

std::string Form(const Noun& noun, Number number) {
  return number == Number::kPlural ? noun.plural : noun.singular;
}

std::string Form(const Verb& verb, Number number, Tense tense) {
  if (tense == Tense::kPast) return verb.past;
  return number == Number::kPlural ? verb.base : verb.third;
}

std::string ToBe(Number number, Tense tense) {
  const bool plural = number == Number::kPlural;
  if (tense == Tense::kPast) return plural ? "were" : "was";
  return plural ? "are" : "is";
}

std::string Subject(Gender gender, Number number) {
  return ByGender(gender, number, "she", "he", "they");
}
std::string Object(Gender gender, Number number) {
  return ByGender(gender, number, "her", "him", "them");
}
std::string Possessive(Gender gender, Number number) {
  return ByGender(gender, number, "her", "his", "their");
}
std::string Self(Gender gender, Number number) {
  return ByGender(gender, number, "herself", "himself", "themselves");
}

// No word of this world has a silent h or a u that sounds like "you", but for "useless".
std::string WithArticle(absl::string_view words) {
  const bool vowel = absl::string_view("aeiou").find(words.front()) != absl::string_view::npos;
  return absl::StrCat(vowel && words.substr(0, 3) != "use" ? "an " : "a ", words);
}

std::string Sentence(std::string words) {
  words.front() = absl::ascii_toupper(words.front());
  return std::move(words) + ".";
}

}  // namespace hairpin::sample
