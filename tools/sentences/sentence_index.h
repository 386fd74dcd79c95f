// Texts by their vectors: which of them lie closest to a query.
//
//   SentenceIndex index(model, vocabulary, /*lowercase=*/true);
//   index.Add({"a storm at sea", "a quiet evening"});
//   for (const Neighbour& near : index.Nearest("the waves rose", 5)) ...   // near.text == 0, ...
#ifndef HAIRPIN_TOOLS_SENTENCES_SENTENCE_INDEX_H_
#define HAIRPIN_TOOLS_SENTENCES_SENTENCE_INDEX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/text/token_rows.h"
#include "data/vocabulary.h"
#include "models/sentence_embedding/sentence_embedding.h"

namespace hairpin {

struct Neighbour {
  int64_t text = 0;   // its number, in the order of adding
  double cosine = 0;
};

class SentenceIndex {
 public:
  // Both must outlive it.
  SentenceIndex(SentenceEmbedding& model, const Vocabulary& vocabulary, bool lowercase)
      : model_(model), vocabulary_(vocabulary), lowercase_(lowercase) {}

  // Texts of like length are computed together. `progress` hears how many are done.
  void Add(const std::vector<std::string>& texts,
           const std::function<void(int64_t done)>& progress = nullptr);
  int64_t size() const { return static_cast<int64_t>(vectors_.size()) / channels(); }

  // The `most` closest, the closest first; of equally close ones the first added.
  std::vector<Neighbour> Nearest(const std::string& query, int64_t most);

 private:
  int64_t channels() const { return model_.config().encoder().hidden(); }  // C
  TokenRows Rows() const {
    return TokenRows(vocabulary_, {.tokens = model_.config().encoder().seq_len(),
                                   .lowercase = lowercase_});
  }
  // The vectors of these rows, each to its place.
  void Embed(const TokenRows& rows, const std::vector<int64_t>& numbers, float* const* places);

  SentenceEmbedding& model_;
  const Vocabulary& vocabulary_;
  bool lowercase_;
  std::vector<float> vectors_;  // [size(), C]
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_SENTENCE_INDEX_H_
