#include "data/text/text_codec.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "data/utf8.h"
#include "data/wordpiece.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

// As large as a file of all code points is.
constexpr int64_t kMaxFileBytes = int64_t{10} << 20;

// Those of `parts` that `known` is false of, each once.
template <class Known>
std::vector<std::string> OnceEach(const std::vector<std::string_view>& parts, const Known& known) {
  std::vector<std::string> found;
  for (const std::string_view part : parts) {
    if (!known(part) && std::find(found.begin(), found.end(), part) == found.end()) {
      found.emplace_back(part);
    }
  }
  return found;
}

void CheckId(int32_t id, int32_t size) {
  HAIRPIN_CHECK(id >= 0 && id < size) << "TextCodec: id " << id << " of " << size;
}

class Bytes final : public TextCodec {
 public:
  int32_t size() const override { return 256; }
  void Encode(std::string_view text, std::vector<int32_t>* ids) const override {
    for (const char c : text) ids->push_back(static_cast<unsigned char>(c));
  }
  std::string Decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) {
      CheckId(id, size());
      text += static_cast<char>(id);
    }
    return text;
  }
  absl::Status Save(const std::string&) const override { return absl::OkStatus(); }
  std::string Fingerprint() const override { return ""; }
};

class Characters final : public TextCodec {
 public:
  explicit Characters(std::vector<CodePoint> sorted) : points_(std::move(sorted)) {}

  int32_t size() const override { return static_cast<int32_t>(points_.size()) + 1; }
  void Encode(std::string_view text, std::vector<int32_t>* ids) const override {
    for (size_t i = 0; i < text.size();) {
      const CodePoint point = DecodeUtf8(text, &i);
      const auto at = std::lower_bound(points_.begin(), points_.end(), point);
      const bool known = at != points_.end() && *at == point;
      ids->push_back(known ? static_cast<int32_t>(at - points_.begin()) : size() - 1);
    }
  }
  std::vector<std::string> Unknown(std::string_view text) const override {
    std::vector<std::string_view> characters;
    for (size_t i = 0; i < text.size();) {
      const size_t begin = i;
      DecodeUtf8(text, &i);
      characters.push_back(text.substr(begin, i - begin));
    }
    return OnceEach(characters, [this](std::string_view character) {
      std::vector<int32_t> ids;
      Encode(character, &ids);
      return ids.front() != size() - 1;
    });
  }
  std::string unknown() const override { return Decode(std::vector<int32_t>{size() - 1}); }
  std::string Decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) {
      CheckId(id, size());
      AppendUtf8(id == size() - 1 ? kReplacement : points_[id], &text);
    }
    return text;
  }
  absl::Status Save(const std::string& path) const override {
    return WriteFileAtomically(path, Lines());
  }
  std::string Fingerprint() const override {
    Sha256 sum;
    sum.Update(Lines());
    return sum.HexDigest();
  }

 private:
  std::string Lines() const {
    std::string lines;
    for (const CodePoint point : points_) absl::StrAppendFormat(&lines, "U+%04X\n", point);
    return lines;
  }

  std::vector<CodePoint> points_;
};

class WordPieces final : public TextCodec {
 public:
  WordPieces(Vocabulary vocabulary, bool lowercase)
      : vocabulary_(std::move(vocabulary)), lowercase_(lowercase) {}

  int32_t size() const override { return vocabulary_.size(); }
  void Encode(std::string_view text, std::vector<int32_t>* ids) const override {
    WordPieceEncoder(vocabulary_, {.lowercase = lowercase_}).Encode(text, ids);
  }
  std::vector<std::string> Unknown(std::string_view text) const override {
    constexpr std::string_view kSpaces = " \t\r\n";
    std::vector<std::string_view> words;
    for (size_t begin = text.find_first_not_of(kSpaces); begin != std::string_view::npos;) {
      const size_t end = std::min(text.find_first_of(kSpaces, begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = text.find_first_not_of(kSpaces, end);
    }
    return OnceEach(words, [this](std::string_view word) {
      std::vector<int32_t> ids;
      Encode(word, &ids);
      return std::find(ids.begin(), ids.end(), vocabulary_.unknown_id()) == ids.end();
    });
  }
  std::string unknown() const override { return std::string(kSpecialTokens[1]); }
  std::string Decode(std::span<const int32_t> ids) const override {
    return hairpin::Decode(vocabulary_, ids);
  }
  absl::Status Save(const std::string& path) const override { return vocabulary_.Save(path); }
  std::string Fingerprint() const override { return vocabulary_.Fingerprint(); }

 private:
  Vocabulary vocabulary_;
  bool lowercase_;
};

}  // namespace

std::unique_ptr<TextCodec> ByteCodec() { return std::make_unique<Bytes>(); }

absl::StatusOr<std::unique_ptr<TextCodec>> CharacterCodec(std::string_view text,
                                                          const StopQuestion& stop) {
  if (text.empty()) {
    return absl::InvalidArgumentError("found an empty text, expected at least one character");
  }
  std::vector<bool> seen(kLastCodePoint + 1);
  for (size_t i = 0, asked_at = 0; i < text.size();) {
    if (i >= asked_at) {
      if (absl::Status s = CheckStop(stop, "characters were counted"); !s.ok()) return s;
      asked_at = i + (size_t{1} << 20);
    }
    seen[DecodeUtf8(text, &i)] = true;
  }
  std::vector<CodePoint> points;
  for (CodePoint point = 0; point <= kLastCodePoint; ++point) {
    if (seen[point]) points.push_back(point);
  }
  return std::make_unique<Characters>(std::move(points));
}

absl::StatusOr<std::unique_ptr<TextCodec>> LoadCharacterCodec(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  std::vector<CodePoint> points;
  const auto wrong = [&](const std::string& found, const std::string& expected) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", points.size() + 1, ": found ", found,
                                                   ", expected ", expected));
  };
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    uint32_t point = 0;
    const char* last = line.data() + line.size();
    const bool marked = line.starts_with("U+");
    const auto result =
        std::from_chars(line.data() + (marked ? 2 : 0), last, point, /*base=*/16);
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    if (!marked || result.ec != std::errc() || result.ptr != last || point > kLastCodePoint ||
        surrogate) {
      return wrong("no code point", "a line such as U+0041");
    }
    if (!points.empty() && point <= points.back()) {
      return wrong(absl::StrFormat("U+%04X", point),
                   absl::StrFormat("one after U+%04X", points.back()));
    }
    points.push_back(point);
  }
  if (points.empty()) return wrong("an empty file", "a line such as U+0041");
  return std::make_unique<Characters>(std::move(points));
}

std::unique_ptr<TextCodec> WordPieceCodec(Vocabulary vocabulary, bool lowercase) {
  return std::make_unique<WordPieces>(std::move(vocabulary), lowercase);
}

}  // namespace hairpin
