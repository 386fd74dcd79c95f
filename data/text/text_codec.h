// Text as ids for a language model, and back: by characters, by bytes or by WordPiece.
//
//   absl::StatusOr<std::unique_ptr<TextCodec>> codec = CharacterCodec(text);
//   std::vector<int32_t> ids;
//   (*codec)->Encode("To be", &ids);
//   (*codec)->Decode(ids);                                   // "To be"
//   (*codec)->Save("runs/a/characters.txt");
//   codec = LoadCharacterCodec("runs/a/characters.txt");     // the same ids again
//
// Unchanging once made; any number of threads may use one.
#ifndef HAIRPIN_DATA_TEXT_TEXT_CODEC_H_
#define HAIRPIN_DATA_TEXT_TEXT_CODEC_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/vocabulary.h"
#include "tensor/stop_question.h"

namespace hairpin {

class TextCodec {
 public:
  virtual ~TextCodec() = default;

  // V: ids are in [0, V).
  virtual int32_t size() const = 0;
  // Appends the ids of `text`.
  virtual void Encode(std::string_view text, std::vector<int32_t>* ids) const = 0;
  // What of `text` has no id of its own, each once, as it comes: characters, or words of a
  // vocabulary. Encode has one id for all of them, whose text is unknown(); "" where there is none.
  virtual std::vector<std::string> Unknown(std::string_view) const { return {}; }
  virtual std::string unknown() const { return ""; }
  // The text that `ids` stand for.
  virtual std::string Decode(std::span<const int32_t> ids) const = 0;
  // Writes what Load needs, whole or not at all; nothing for bytes.
  virtual absl::Status Save(const std::string& path) const = 0;
  // SHA-256 of what Save writes; "" for bytes.
  virtual std::string Fingerprint() const = 0;
};

// A byte is its own id: V = 256, every text can be written and comes back as it was.
std::unique_ptr<TextCodec> ByteCodec();

// The code points of `text` (UTF-8), sorted, are ids 0, 1, ... and the last id, V - 1, stands for
// every other character; it comes back as U+FFFD. What is not UTF-8 counts as U+FFFD, too.
// INVALID_ARGUMENT for an empty text; CANCELLED where `stop`, asked at each MiB, says so.
absl::StatusOr<std::unique_ptr<TextCodec>> CharacterCodec(std::string_view text,
                                                          const StopQuestion& stop = nullptr);

// The file that Save writes: a line "U+0041" for each code point, ascending. INVALID_ARGUMENT names
// file, line, what was found and what was expected.
absl::StatusOr<std::unique_ptr<TextCodec>> LoadCharacterCodec(const std::string& path);

// The words of a text by an existing vocabulary (data/wordpiece.h); line ends and the width of
// spaces are not kept.
std::unique_ptr<TextCodec> WordPieceCodec(Vocabulary vocabulary, bool lowercase);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_TEXT_CODEC_H_
