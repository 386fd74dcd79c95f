// How often each word of a text occurs, in bounded memory.
//
//   WordCounts counts;
//   counts.Add("the", 1);
//   counts.Prune({.max_words = 400000, .max_bytes = 4 << 20});
#ifndef HAIRPIN_DATA_WORD_COUNTS_H_
#define HAIRPIN_DATA_WORD_COUNTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hairpin {

class WordCounts {
 public:
  struct Limits {
    int64_t max_words;
    int64_t max_bytes;  // of the words' text
  };

  WordCounts();

  // Adds `count` occurrences of `word`, which is not empty.
  void Add(std::string_view word, int64_t count);

  // Adds all of `other`, which keeps them.
  void AddAll(const WordCounts& other);

  // If there are more words or bytes than `limits` allow: drops all words that occur at most t
  // times, t being the smallest number that leaves no more than half of either limit in use. What
  // is dropped depends on the counts alone, not on any order.
  void Prune(const Limits& limits);

  // Forgets all words and keeps the memory.
  void Clear();

  int64_t size() const { return static_cast<int64_t>(words_.size()); }
  std::string_view word(int64_t i) const {
    return std::string_view(text_).substr(words_[i].begin, words_[i].size);
  }
  int64_t count(int64_t i) const { return words_[i].count; }

  // Over all calls of Prune: words dropped (one that comes back counts again), and occurrences.
  int64_t dropped_words() const { return dropped_words_; }
  int64_t dropped_occurrences() const { return dropped_occurrences_; }

 private:
  struct Word {
    int64_t count;
    uint32_t begin, size;  // in text_
    uint32_t hash;
  };
  static constexpr uint32_t kFree = 0xFFFFFFFF;

  void Rehash(size_t slots);

  std::string text_;
  std::vector<Word> words_;
  std::vector<uint32_t> slots_;  // index into words_, or kFree; a power of two of them
  int64_t dropped_words_ = 0;
  int64_t dropped_occurrences_ = 0;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_WORD_COUNTS_H_
