#include "data/word_counts.h"

#include <algorithm>
#include <utility>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr size_t kFirstSlots = 1024;

// FNV-1a with a finish that spreads the high bits.
uint32_t Hash(std::string_view word) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

}  // namespace

WordCounts::WordCounts() : slots_(kFirstSlots, kFree) {}

void WordCounts::Add(std::string_view word, int64_t count) {
  const uint32_t hash = Hash(word);
  const uint32_t mask = static_cast<uint32_t>(slots_.size()) - 1;
  uint32_t slot = hash & mask;
  for (; slots_[slot] != kFree; slot = (slot + 1) & mask) {
    Word& known = words_[slots_[slot]];
    if (known.hash == hash &&
        std::string_view(text_).substr(known.begin, known.size) == word) {
      known.count += count;
      return;
    }
  }
  HAIRPIN_CHECK(text_.size() + word.size() < kFree) << "WordCounts: 4 GiB of words; call Prune";
  slots_[slot] = static_cast<uint32_t>(words_.size());
  words_.push_back({.count = count,
                    .begin = static_cast<uint32_t>(text_.size()),
                    .size = static_cast<uint32_t>(word.size()),
                    .hash = hash});
  text_ += word;
  if (words_.size() * 2 > slots_.size()) Rehash(slots_.size() * 2);
}

void WordCounts::AddAll(const WordCounts& other) {
  for (int64_t i = 0; i < other.size(); ++i) Add(other.word(i), other.count(i));
}

void WordCounts::Prune(const Limits& limits) {
  if (size() <= limits.max_words && static_cast<int64_t>(text_.size()) <= limits.max_bytes) return;
  // The smallest t such that the words with counts above t fit into half of both limits.
  std::vector<Word> by_count = words_;
  std::sort(by_count.begin(), by_count.end(),
            [](const Word& a, const Word& b) { return a.count > b.count; });
  int64_t threshold = 0, words = 0, bytes = 0;
  for (size_t i = 0; i < by_count.size(); ++i) {
    ++words;
    bytes += by_count[i].size;
    if (words > limits.max_words / 2 || bytes > limits.max_bytes / 2) {
      threshold = by_count[i].count;
      break;
    }
  }
  std::string text;
  size_t kept = 0;
  for (const Word& word : words_) {
    if (word.count <= threshold) {
      ++dropped_words_;
      dropped_occurrences_ += word.count;
      continue;
    }
    Word moved = word;
    moved.begin = static_cast<uint32_t>(text.size());
    text.append(text_, word.begin, word.size);
    words_[kept++] = moved;
  }
  words_.resize(kept);
  text_ = std::move(text);
  Rehash(slots_.size());
}

void WordCounts::Clear() {
  text_.clear();
  words_.clear();
  std::fill(slots_.begin(), slots_.end(), kFree);
}

void WordCounts::Rehash(size_t slots) {
  slots_.assign(slots, kFree);
  const uint32_t mask = static_cast<uint32_t>(slots) - 1;
  for (size_t i = 0; i < words_.size(); ++i) {
    uint32_t slot = words_[i].hash & mask;
    while (slots_[slot] != kFree) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i);
  }
}

}  // namespace hairpin
