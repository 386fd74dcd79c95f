#include "data/pair_merger.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "tensor/check.h"

namespace hairpin {

PairMerger::PairMerger(std::vector<std::string>* tokens) : tokens_(tokens) {
  for (size_t i = 0; i < tokens->size(); ++i) {
    ids_.emplace((*tokens)[i], static_cast<int32_t>(i));
  }
}

void PairMerger::AddWord(std::span<const int32_t> ids, int64_t count) {
  const auto word = static_cast<uint32_t>(words_.size());
  words_.push_back({static_cast<uint32_t>(symbols_.size()), static_cast<uint32_t>(ids.size()),
                    count});
  symbols_.insert(symbols_.end(), ids.begin(), ids.end());
  for (size_t i = 1; i < ids.size(); ++i) AddPair(ids[i - 1], ids[i], word);
}

void PairMerger::AddPair(int32_t left, int32_t right, uint32_t word) {
  Pair& pair = pairs_[Key(left, right)];
  pair.count += words_[word].count;
  if (pair.words != kNone && links_[pair.words].word == word) return;
  uint32_t link = free_link_;
  if (link == kNone) {
    link = static_cast<uint32_t>(links_.size());
    links_.emplace_back();
  } else {
    free_link_ = links_[link].next;
  }
  links_[link] = {word, pair.words};
  pair.words = link;
}

void PairMerger::TakePair(int32_t left, int32_t right, int64_t count) {
  const auto pair = pairs_.find(Key(left, right));
  HAIRPIN_DCHECK(pair != pairs_.end() && pair->second.count >= count)
      << "PairMerger: pair " << left << ", " << right << " taken too often";
  pair->second.count -= count;
  if (pair->second.count > 0) return;
  for (uint32_t link = pair->second.words; link != kNone;) {
    const uint32_t next = std::exchange(links_[link].next, free_link_);
    free_link_ = link;
    link = next;
  }
  pairs_.erase(pair);
}

int32_t PairMerger::MergedToken(uint64_t pair) {
  const std::string& left = (*tokens_)[pair >> 32];
  const std::string& right = (*tokens_)[pair & 0xFFFFFFFF];
  const std::string token = left + right.substr(right.starts_with("##") ? 2 : 0);
  // Two different merges can spell the same token: "a" + "##bc" and "ab" + "##c".
  const auto [known, is_new] = ids_.emplace(token, static_cast<int32_t>(tokens_->size()));
  if (is_new) tokens_->push_back(token);
  return known->second;
}

absl::Status PairMerger::Run(int32_t size, int64_t min_count, const StopQuestion& stop) {
  min_count = std::max<int64_t>(min_count, 1);
  {
    std::vector<Candidate> all;
    all.reserve(pairs_.size());
    for (const auto& [key, pair] : pairs_) all.push_back({pair.count, key});
    queue_ = std::priority_queue<Candidate>(std::less<Candidate>(), std::move(all));
  }
  while (static_cast<int32_t>(tokens_->size()) < size && !queue_.empty()) {
    if (absl::Status s = CheckStop(stop, "pairs were merged"); !s.ok()) return s;
    const Candidate top = queue_.top();
    queue_.pop();
    const auto found = pairs_.find(top.pair);
    if (found == pairs_.end() || found->second.count < min_count) continue;
    if (found->second.count != top.count) {
      // The count fell since this was queued. (Where it rose, it was queued again then.)
      if (found->second.count < top.count) queue_.push({found->second.count, top.pair});
      continue;
    }
    const auto left = static_cast<int32_t>(top.pair >> 32);
    const auto right = static_cast<int32_t>(top.pair & 0xFFFFFFFF);
    const int32_t merged = MergedToken(top.pair);
    // Taken off the pair first: a merge may put words on this very list again.
    uint32_t link = std::exchange(found->second.words, kNone);
    grown_.clear();
    while (link != kNone) {
      const Link here = links_[link];
      links_[link].next = free_link_;
      free_link_ = link;
      MergeIn(here.word, left, right, merged);
      link = here.next;
    }
    for (const uint64_t key : grown_) {
      const auto pair = pairs_.find(key);
      if (pair != pairs_.end()) queue_.push({pair->second.count, key});
    }
  }
  return absl::OkStatus();
}

// Replaces left, right by merged in one word, and moves the counts of the pairs beside it:
// (x, left), (left, right), (right, y) go, (x, merged), (merged, y) come.
void PairMerger::MergeIn(uint32_t index, int32_t left, int32_t right, int32_t merged) {
  Word& word = words_[index];
  int32_t* symbols = symbols_.data() + word.begin;
  const auto come = [&](int32_t a, int32_t b) {
    AddPair(a, b, index);
    const uint64_t key = Key(a, b);
    if (grown_.empty() || grown_.back() != key) grown_.push_back(key);
  };
  uint32_t kept = 0;
  for (uint32_t i = 0; i < word.size; ++i) {
    if (symbols[i] != left || i + 1 == word.size || symbols[i + 1] != right) {
      symbols[kept++] = symbols[i];
      continue;
    }
    TakePair(left, right, word.count);
    if (kept > 0) {
      TakePair(symbols[kept - 1], left, word.count);
      come(symbols[kept - 1], merged);
    }
    if (i + 2 < word.size) {
      TakePair(right, symbols[i + 2], word.count);
      come(merged, symbols[i + 2]);
    }
    symbols[kept++] = merged;
    ++i;
  }
  word.size = kept;
}

}  // namespace hairpin
