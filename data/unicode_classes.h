// What BERT's normalisation does to each code point.
//
//   if (ClassOf(point) == CharacterClass::kIdeograph) ...
//
// The classes are pinned here, as of the Unicode version (about 8) that published BERT tokenizers
// carry, and not asked of the Unicode library, whose version differs between machines: the same
// text must give the same ids everywhere. 384 younger marks are therefore not stripped and 104
// younger punctuation marks not split off. docs/tokenizer.md lists the rest.
#ifndef HAIRPIN_DATA_UNICODE_CLASSES_H_
#define HAIRPIN_DATA_UNICODE_CLASSES_H_

#include <cstdint>

#include "data/utf8.h"

namespace hairpin {

// A code point has one class; the first that applies in this order.
enum class CharacterClass : uint8_t {
  kOther = 0,
  kRemoved,      // control (but tab, LF, CR), format, private use, U+FFFD
  kSpace,        // ends a word
  kIdeograph,    // a word of its own
  kPunctuation,  // a word of its own; all ASCII signs, also $ + < = > ^ ` | ~
  kMark,         // nonspacing: stripped where accents are
};

CharacterClass ClassOf(CodePoint point);

// Whether Unicode calls it White_Space; what a line of nothing else is called blank for.
bool IsWhiteSpace(CodePoint point);

// Lower case of one code point by itself: capital sigma never becomes final sigma. `point` is
// already decomposed (U+0130, whose lower case is two code points, does not occur).
CodePoint LowerCase(CodePoint point);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_UNICODE_CLASSES_H_
