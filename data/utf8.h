// UTF-8, one code point at a time.
//
//   for (size_t i = 0; i < text.size();) {
//     const CodePoint point = DecodeUtf8(text, &i);
//     AppendUtf8(point, &copy);
//   }
#ifndef HAIRPIN_DATA_UTF8_H_
#define HAIRPIN_DATA_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hairpin {

using CodePoint = uint32_t;

inline constexpr CodePoint kReplacement = 0xFFFD;
inline constexpr CodePoint kLastCodePoint = 0x10FFFF;

// Whether `byte` is the second, third or fourth of a code point.
constexpr bool IsContinuationByte(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Bytes of the well-formed code point that starts `text` (Unicode 15, table 3-7: shortest form, no
// surrogates, at most U+10FFFF), or 0 if none does; then *bad is the length of the longest start
// of one that is there, at least 1: what is replaced by one U+FFFD. text is not empty.
inline int Utf8Length(std::string_view text, int* bad) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  *bad = 1;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (int i = 1; i < length; ++i) {
    if (static_cast<size_t>(i) >= text.size() || byte(i) < low || byte(i) > high) return 0;
    low = 0x80;
    high = 0xBF;
    *bad = i + 1;
  }
  return length;
}

// The code point at *i < text.size(), and *i moved past it; U+FFFD for what is not well-formed.
inline CodePoint DecodeUtf8(std::string_view text, size_t* i) {
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[*i + k]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    ++*i;
    return lead;
  }
  int bad;
  const int length = Utf8Length(text.substr(*i), &bad);
  CodePoint point = kReplacement;
  if (length == 2) point = (lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
  if (length == 3) point = (lead & 0xFu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
  if (length == 4) {
    point = (lead & 7u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 |
            (byte(3) & 0x3Fu);
  }
  *i += static_cast<size_t>(length == 0 ? bad : length);
  return point;
}

// Writes `point` (a scalar value) to `out`, which has room for 4 bytes; returns how many it took.
inline int EncodeUtf8(CodePoint point, char* out) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    out[0] = static_cast<char>(point);
    return 1;
  }
  if (point < 0x800) {
    out[0] = static_cast<char>(0xC0 | point >> 6);
    out[1] = tail(0);
    return 2;
  }
  if (point < 0x10000) {
    out[0] = static_cast<char>(0xE0 | point >> 12);
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | point >> 18);
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

inline void AppendUtf8(CodePoint point, std::string* text) {
  char bytes[4];
  text->append(bytes, static_cast<size_t>(EncodeUtf8(point, bytes)));
}

}  // namespace hairpin

#endif  // HAIRPIN_DATA_UTF8_H_
