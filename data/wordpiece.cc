#include "data/wordpiece.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tensor/check.h"

namespace hairpin {
namespace {

// A hash of up to 26 bytes, eight at a time; its high bits are the good ones.
uint64_t HashWord(std::string_view word) {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15;
  uint64_t hash = word.size();
  while (word.size() > 8) {
    uint64_t chunk;
    std::memcpy(&chunk, word.data(), 8);
    hash = (std::rotl(hash, 29) ^ chunk) * kFactor;
    word.remove_prefix(8);
  }
  uint64_t last = 0;
  std::memcpy(&last, word.data(), word.size());
  hash = (std::rotl(hash, 29) ^ last) * kFactor;
  return (hash ^ hash >> 32) * kFactor;
}

}  // namespace

WordPieceEncoder::WordPieceEncoder(const Vocabulary& vocabulary, WordPieceOptions options)
    : vocabulary_(vocabulary), options_(options), normalizer_(options.lowercase) {
  HAIRPIN_CHECK(options.cached_words >= 2) << "WordPiece: a cache of " << options.cached_words;
  cache_.resize(std::bit_ceil(static_cast<size_t>(options.cached_words)));
  cache_shift_ = 64 - std::countr_zero(cache_.size());
}

void WordPieceEncoder::Encode(std::string_view text, std::vector<int32_t>* ids) {
  if (options_.special_tokens == SpecialTokens::kRecognised) {
    for (size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at)) {
      const auto* token = std::find_if(kSpecialTokens.begin(), kSpecialTokens.end(),
                                       [&](std::string_view t) {
                                         return text.substr(at).starts_with(t);
                                       });
      if (token == kSpecialTokens.end()) {
        ++at;
        continue;
      }
      EncodeOrdinary(text.substr(0, at), ids);
      ids->push_back(vocabulary_.special_id(static_cast<int>(token - kSpecialTokens.begin())));
      text.remove_prefix(at + token->size());
      at = 0;
    }
  }
  EncodeOrdinary(text, ids);
}

void WordPieceEncoder::EncodeOrdinary(std::string_view text, std::vector<int32_t>* ids) {
  normalizer_.ForEachWord(text, [&](std::string_view word, int code_points) {
    EncodeWord(word, code_points, ids);
  });
}

void WordPieceEncoder::EncodeWord(std::string_view word, int code_points,
                                  std::vector<int32_t>* ids) {
  if (word.size() > kEntryWord) {
    CutWord(word, code_points, ids);
    return;
  }
  Entry& entry = cache_[HashWord(word) >> cache_shift_];
  if (entry.word_size == word.size() && std::memcmp(entry.word, word.data(), word.size()) == 0) {
    ids->insert(ids->end(), entry.ids, entry.ids + entry.id_count);
    return;
  }
  const size_t before = ids->size();
  CutWord(word, code_points, ids);
  const size_t count = ids->size() - before;
  if (count > kEntryIds) return;
  entry.word_size = static_cast<uint8_t>(word.size());
  entry.id_count = static_cast<uint8_t>(count);
  std::memcpy(entry.word, word.data(), word.size());
  std::memcpy(entry.ids, ids->data() + before, count * sizeof(int32_t));
}

void WordPieceEncoder::CutWord(std::string_view word, int code_points,
                               std::vector<int32_t>* ids) const {
  const size_t before = ids->size();
  size_t begin = code_points > kMaxWordCodePoints ? std::string_view::npos : 0;
  while (begin < word.size()) {
    int32_t node = begin == 0 ? Vocabulary::kRoot : vocabulary_.continuation_root();
    int32_t longest = -1;
    size_t longest_end = begin;
    for (size_t end = begin; end < word.size() && node != Vocabulary::kNoNode;) {
      node = vocabulary_.Next(node, static_cast<unsigned char>(word[end++]));
      if (node != Vocabulary::kNoNode && vocabulary_.IdAt(node) >= 0) {
        longest = vocabulary_.IdAt(node);
        longest_end = end;
      }
    }
    if (longest < 0) break;
    ids->push_back(longest);
    begin = longest_end;
  }
  if (begin == word.size()) return;
  ids->resize(before);
  ids->push_back(vocabulary_.unknown_id());
}

std::string Decode(const Vocabulary& vocabulary, std::span<const int32_t> ids, bool with_special) {
  std::string text;
  for (const int32_t id : ids) {
    HAIRPIN_CHECK(id >= 0 && id < vocabulary.size())
        << "Decode: id " << id << ", expected one in [0, " << vocabulary.size() << ")";
    if (!with_special && vocabulary.IsSpecial(id)) continue;
    std::string_view token = vocabulary.Token(id);
    if (token.starts_with("##") && token.size() > 2 && !text.empty()) {
      token.remove_prefix(2);
    } else if (!text.empty()) {
      text += ' ';
    }
    text += token;
  }
  return text;
}

}  // namespace hairpin
