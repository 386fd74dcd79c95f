// Word pieces by pair merges: the heart of vocabulary training.
//
//   PairMerger merger(&tokens);                       // tokens so far; merged ones are appended
//   merger.AddWord({5, 17, 17, 30}, 12);              // a word of four tokens that occurs 12 times
//   merger.Run(8192, 2);                              // until 8192 tokens, or no pair occurs twice
//
// Each step takes the pair of neighbouring tokens that occurs most often, counted over the words
// with their counts, and makes it one token everywhere, from left to right. Of pairs that occur
// equally often, the one with the smaller left id is taken, then the one with the smaller right id.
// Source: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units",
// ACL 2016, algorithm 1.
//
// Not the whole table is counted again after a step: only the words that have the pair are visited,
// and only the counts of the pairs beside it change.
#ifndef HAIRPIN_DATA_PAIR_MERGER_H_
#define HAIRPIN_DATA_PAIR_MERGER_H_

#include <cstdint>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "tensor/stop_question.h"

namespace hairpin {

class PairMerger {
 public:
  // `tokens` must outlive it. The merged token of "ab" and "##cd" is "abcd".
  explicit PairMerger(std::vector<std::string>* tokens);

  // Before Run. Ids are of `tokens`.
  void AddWord(std::span<const int32_t> ids, int64_t count);

  // Merges until there are `size` tokens or no pair occurs `min_count` times. CANCELLED where
  // `stop`, asked before each merge, says so.
  absl::Status Run(int32_t size, int64_t min_count, const StopQuestion& stop = nullptr);

 private:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  struct Word {
    uint32_t begin, size;  // in symbols_
    int64_t count;
  };
  // A pair: how often it occurs, and a list of words that have it or had it.
  struct Pair {
    int64_t count = 0;
    uint32_t words = kNone;  // index into links_
  };
  struct Link {
    uint32_t word, next;
  };
  struct Candidate {
    int64_t count;
    uint64_t pair;
    // For the largest on top: the more frequent, then the smaller ids.
    friend bool operator<(const Candidate& a, const Candidate& b) {
      return a.count != b.count ? a.count < b.count : a.pair > b.pair;
    }
  };

  static uint64_t Key(int32_t left, int32_t right) {
    return static_cast<uint64_t>(left) << 32 | static_cast<uint32_t>(right);
  }
  void AddPair(int32_t left, int32_t right, uint32_t word);
  void TakePair(int32_t left, int32_t right, int64_t count);
  int32_t MergedToken(uint64_t pair);
  void MergeIn(uint32_t word, int32_t left, int32_t right, int32_t merged);

  std::vector<std::string>* tokens_;
  std::unordered_map<std::string, int32_t> ids_;
  std::vector<int32_t> symbols_;
  std::vector<Word> words_;
  std::unordered_map<uint64_t, Pair> pairs_;
  std::vector<Link> links_;
  uint32_t free_link_ = kNone;
  std::priority_queue<Candidate> queue_;
  std::vector<uint64_t> grown_;  // pairs whose count the merge under way has raised
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_PAIR_MERGER_H_
