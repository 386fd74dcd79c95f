// BERT's normalisation: from raw text to the words that WordPiece cuts up.
//
//   Normalizer normalizer(/*lowercase=*/true);
//   normalizer.ForEachWord("Crème brûlée, s'il vous plaît!", [](std::string_view word, int) {
//     ...  // creme, brulee, ",", s, ', il, vous, plait, !
//   });
//
// In this order, as published BERT tokenizers do it (Devlin et al., "BERT", 2018, and its code):
//   1. clean: control, format and private characters and U+FFFD vanish, spaces of any kind end a
//      word;
//   2. an ideograph is a word of its own;
//   3. lowercase only: canonical decomposition (NFD), nonspacing marks stripped, lower case a code
//      point at a time;
//   4. a punctuation mark is a word of its own.
// What is not UTF-8 counts as U+FFFD and so vanishes.
#ifndef HAIRPIN_DATA_NORMALIZER_H_
#define HAIRPIN_DATA_NORMALIZER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/utf8.h"

namespace hairpin {

// Words of more code points than this are not cut into pieces: WordPiece makes them one [UNK].
inline constexpr int kMaxWordCodePoints = 100;

// Holds the word under way, so one per thread; the words of a text depend on nothing but the text.
class Normalizer {
 public:
  explicit Normalizer(bool lowercase) : lowercase_(lowercase) {}

  bool lowercase() const { return lowercase_; }

  // Calls word(std::string_view utf8, int code_points) for each word of `text`, in order. utf8 is
  // never empty and valid during the call only. Where code_points > kMaxWordCodePoints it is
  // incomplete. Allocates nothing.
  template <class Word>
  void ForEachWord(std::string_view text, Word&& word);

 private:
  // What an ASCII byte becomes: its lower case (or itself), or one of these.
  static constexpr unsigned char kEndsWord = 0x80, kVanishes = 0x81, kStandsAlone = 0x82;
  using AsciiTable = std::array<unsigned char, 128>;
  static const AsciiTable& Ascii(bool lowercase);

  // What to do with a code point above ASCII; its normal form is in parts_[0, count).
  enum class Action : uint8_t { kAppend, kEndWord, kAlone };
  struct Step {
    Action action;
    int count;
  };
  Step Normalize(CodePoint point);

  // Adds a code point to the word. One with a combining class waits in marks_ for those after it:
  // NFD sorts them by class.
  void Append(CodePoint point);
  void FlushMarks();

  template <class Word>
  void EndWord(Word&& word) {
    if (mark_count_ > 0) FlushMarks();
    if (code_points_ > 0) word(std::string_view(word_.data(), size_), code_points_);
    size_ = 0;
    code_points_ = 0;
  }

  struct Mark {
    CodePoint point;
    int combining_class;
  };
  static constexpr int kMaxMarks = 64;  // of one base; a longer row is sorted in parts

  bool lowercase_;
  int code_points_ = 0;
  size_t size_ = 0;  // bytes of word_ in use
  std::array<char, 4 * kMaxWordCodePoints + 8> word_;
  std::array<int32_t, 32> parts_;
  std::array<Mark, kMaxMarks> marks_;
  int mark_count_ = 0;
};

template <class Word>
void Normalizer::ForEachWord(std::string_view text, Word&& word) {
  const AsciiTable& ascii = Ascii(lowercase_);
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      ++i;
      const unsigned char becomes = ascii[byte];
      if (becomes < 0x80) {
        if (mark_count_ > 0) FlushMarks();
        if (code_points_ < kMaxWordCodePoints) word_[size_++] = static_cast<char>(becomes);
        ++code_points_;
      } else if (becomes == kEndsWord) {
        EndWord(word);
      } else if (becomes == kStandsAlone) {
        EndWord(word);
        word(text.substr(i - 1, 1), 1);
      }
      continue;
    }
    const Step step = Normalize(DecodeUtf8(text, &i));
    if (step.action != Action::kAppend) EndWord(word);
    for (int k = 0; k < step.count; ++k) Append(static_cast<CodePoint>(parts_[k]));
    if (step.action == Action::kAlone) EndWord(word);
  }
  EndWord(word);
}

}  // namespace hairpin

#endif  // HAIRPIN_DATA_NORMALIZER_H_
