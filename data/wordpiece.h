// WordPiece: text to ids and back.
//
//   WordPieceEncoder encoder(vocabulary, {.lowercase = true});
//   std::vector<int32_t> ids;
//   encoder.Encode("unaffable", &ids);                // una ##ffa ##ble
//   std::string text = Decode(vocabulary, ids);       // "unaffable"
//
// A word (data/normalizer.h says what that is) is cut from left to right, each time into the
// longest token that fits: the first as it stands, the others with "##" before them. A word that
// cannot be cut to its end, or that has more than 100 code points, is one [UNK].
// Source: Wu et al., "Google's neural machine translation system", 2016, section 4.1; Devlin et
// al., "BERT", 2018.
#ifndef HAIRPIN_DATA_WORDPIECE_H_
#define HAIRPIN_DATA_WORDPIECE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/normalizer.h"
#include "data/vocabulary.h"

namespace hairpin {

// What "[MASK]", "[SEP]", "[CLS]", "[PAD]", "[UNK]" in a text mean.
enum class SpecialTokens : uint8_t {
  // Nothing: "[MASK]" is a bracket, a word, a bracket. For text that somebody else wrote.
  kOrdinaryText,
  // The token. Looked for before anything else, exactly as written, inside words too; "[mask]" is
  // ordinary text.
  kRecognised,
};

struct WordPieceOptions {
  // Lower case and no accents, as the vocabulary was made.
  bool lowercase = true;
  SpecialTokens special_tokens = SpecialTokens::kOrdinaryText;
  // Words whose ids are remembered; rounded up to a power of two, 64 bytes each. It changes the
  // speed only.
  int cached_words = 1 << 14;
};

// One per thread; the vocabulary is shared and must outlive it.
class WordPieceEncoder {
 public:
  explicit WordPieceEncoder(const Vocabulary& vocabulary, WordPieceOptions options = {});

  // Appends the ids of `text`, which may have any number of lines and bytes.
  void Encode(std::string_view text, std::vector<int32_t>* ids);

 private:
  // A direct-mapped cache line: the word and its ids, where they are few enough.
  static constexpr size_t kEntryWord = 26, kEntryIds = 9;
  struct alignas(64) Entry {
    uint8_t word_size = 0;
    uint8_t id_count = 0;
    char word[kEntryWord];
    int32_t ids[kEntryIds];
  };
  static_assert(sizeof(Entry) == 64);

  void EncodeOrdinary(std::string_view text, std::vector<int32_t>* ids);
  void EncodeWord(std::string_view word, int code_points, std::vector<int32_t>* ids);
  void CutWord(std::string_view word, int code_points, std::vector<int32_t>* ids) const;

  const Vocabulary& vocabulary_;
  WordPieceOptions options_;
  Normalizer normalizer_;
  std::vector<Entry> cache_;
  int cache_shift_;
};

// Text again: tokens with a space between, "##" taken off and joined to what is before. Special
// tokens are written out where `with_special`, left out else. Ids must be in [0, size()).
std::string Decode(const Vocabulary& vocabulary, std::span<const int32_t> ids,
                   bool with_special = true);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_WORDPIECE_H_
