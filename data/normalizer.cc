#include "data/normalizer.h"

#include <utf8proc.h>

#include <algorithm>

#include "data/unicode_classes.h"

namespace hairpin {

const Normalizer::AsciiTable& Normalizer::Ascii(bool lowercase) {
  static const auto tables = [] {
    std::array<AsciiTable, 2> both;
    for (CodePoint p = 0; p < 128; ++p) {
      unsigned char becomes = static_cast<unsigned char>(p);
      switch (ClassOf(p)) {
        case CharacterClass::kRemoved:
          becomes = kVanishes;
          break;
        case CharacterClass::kSpace:
          becomes = kEndsWord;
          break;
        case CharacterClass::kPunctuation:
          becomes = kStandsAlone;
          break;
        default:
          break;
      }
      both[0][p] = becomes;
      both[1][p] = p >= 'A' && p <= 'Z' ? static_cast<unsigned char>(p | 0x20) : becomes;
    }
    return both;
  }();
  return tables[lowercase ? 1 : 0];
}

Normalizer::Step Normalizer::Normalize(CodePoint point) {
  const CharacterClass original = ClassOf(point);
  if (original == CharacterClass::kRemoved) return {Action::kAppend, 0};
  if (original == CharacterClass::kSpace) return {Action::kEndWord, 0};
  Action action = original == CharacterClass::kIdeograph || original == CharacterClass::kPunctuation
                      ? Action::kAlone
                      : Action::kAppend;
  parts_[0] = static_cast<int32_t>(point);
  if (!lowercase_) return {action, 1};

  // Nothing below U+00C0 has a canonical decomposition.
  int parts = 1;
  if (point >= 0xC0) {
    int boundary = 0;
    parts = static_cast<int>(utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(point), parts_.data(),
        static_cast<utf8proc_ssize_t>(parts_.size()), UTF8PROC_DECOMPOSE, &boundary));
    if (parts < 1 || parts > static_cast<int>(parts_.size())) {
      parts_[0] = static_cast<int32_t>(point);  // not assigned: as it is
      parts = 1;
    }
  }
  int kept = 0;
  for (int k = 0; k < parts; ++k) {
    const auto part = static_cast<CodePoint>(parts_[k]);
    const CharacterClass part_class = ClassOf(part);
    if (part_class == CharacterClass::kMark) continue;
    // U+037E and U+1FEF, for two, decompose into ASCII punctuation.
    if (part_class == CharacterClass::kPunctuation) action = Action::kAlone;
    parts_[kept++] = static_cast<int32_t>(LowerCase(part));
  }
  return {action, kept};
}

void Normalizer::Append(CodePoint point) {
  const int combining_class =
      lowercase_ && point >= 0x300
          ? utf8proc_get_property(static_cast<utf8proc_int32_t>(point))->combining_class
          : 0;
  if (combining_class > 0) {
    if (mark_count_ == kMaxMarks) FlushMarks();
    marks_[mark_count_++] = {point, combining_class};
    return;
  }
  if (mark_count_ > 0) FlushMarks();
  if (code_points_ < kMaxWordCodePoints) size_ += EncodeUtf8(point, word_.data() + size_);
  ++code_points_;
}

void Normalizer::FlushMarks() {
  // Insertion sort: stable, and rows of marks are short.
  for (int i = 1; i < mark_count_; ++i) {
    const Mark mark = marks_[i];
    int k = i;
    for (; k > 0 && marks_[k - 1].combining_class > mark.combining_class; --k) {
      marks_[k] = marks_[k - 1];
    }
    marks_[k] = mark;
  }
  for (int i = 0; i < mark_count_; ++i) {
    if (code_points_ < kMaxWordCodePoints) {
      size_ += EncodeUtf8(marks_[i].point, word_.data() + size_);
    }
    ++code_points_;
  }
  mark_count_ = 0;
}

}  // namespace hairpin
