// Agreement and sentence building: which form of a word goes with which subject.
#ifndef HAIRPIN_DATA_SAMPLE_GRAMMAR_H_
#define HAIRPIN_DATA_SAMPLE_GRAMMAR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "data/sample/dice.h"
#include "data/sample/world.h"

namespace hairpin::sample {

enum class Number { kSingular, kPlural };
enum class Tense { kPresent, kPast };

inline Number RollNumber(Dice& dice) {
  return dice.Percent(50) ? Number::kSingular : Number::kPlural;
}

// "woman" or "women".
std::string Form(const Noun& noun, Number number);
// "bakes", "bake" or "baked": the past does not know of number.
std::string Form(const Verb& verb, Number number, Tense tense);
// "is", "are", "was" or "were".
std::string ToBe(Number number, Tense tense);

// The pronouns of a person; of several, whatever their gender.
std::string Subject(Gender gender, Number number);     // she, he, they
std::string Object(Gender gender, Number number);      // her, him, them
std::string Possessive(Gender gender, Number number);  // her, his, their
std::string Self(Gender gender, Number number);        // herself, himself, themselves

// "an old letter" from "old letter".
std::string WithArticle(absl::string_view words);

// The words with the first letter in upper case and a full stop.
std::string Sentence(std::string words);

}  // namespace hairpin::sample

#endif  // HAIRPIN_DATA_SAMPLE_GRAMMAR_H_
