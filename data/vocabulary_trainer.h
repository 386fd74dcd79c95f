// Trains a WordPiece vocabulary from text.
//
//   auto trained = TrainVocabulary({.paths = {"novels.txt"}}, {.size = 8192});
//   if (!trained.ok()) return trained.status();
//   return trained->vocabulary.Save("vocab.txt");
//
// Words are counted as the encoder sees them (data/normalizer.h), cut into single characters ("##"
// before all but a word's first) and merged pair by pair (data/pair_merger.h) until the vocabulary
// is full. In the file: [PAD] [UNK] [CLS] [SEP] [MASK]; the characters that begin words or stand
// inside, by code point; the same with "##" as far as they go on a word; the merged pieces in the
// order in which they arose.
//
// The alphabet is the max_alphabet most frequent characters (of equally frequent ones those with
// the smaller code points), and fewer where they would not fit into `size`. A word with another
// character, or of more than 100, takes no part: the encoder makes it [UNK] anyway.
//
// Memory is bounded for a text of any size: when there are more than 400,000 different words, or
// more than 4 MiB of them, the rarest are forgotten (WordCounts::Prune) and counted in the report;
// where that happens depends on the text alone, every 16 blocks of it. The same text gives the same
// vocabulary for any number of threads.
#ifndef HAIRPIN_DATA_VOCABULARY_TRAINER_H_
#define HAIRPIN_DATA_VOCABULARY_TRAINER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text_blocks.h"
#include "data/vocabulary.h"
#include "data/word_counts.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct VocabularyTrainerOptions {
  int32_t size = 8192;         // tokens at most, the special ones included; at least 7
  bool lowercase = true;       // as the encoder will be used
  int64_t min_frequency = 2;   // a pair that occurs less often is not merged
  int32_t max_alphabet = 1000;
  WordCounts::Limits limits = {.max_words = 400000, .max_bytes = int64_t{4} << 20};
  TextProgress progress = nullptr;  // of reading, which is most of the time
  StopQuestion stop = nullptr;
};

struct TrainedVocabulary {
  Vocabulary vocabulary;
  int64_t lines = 0;            // not blank, of all parts
  int64_t words = 0;            // occurrences, of the part asked for
  int64_t different_words = 0;  // that took part in merging
  int64_t skipped_words = 0;    // occurrences: too long, or a character outside the alphabet
  int64_t dropped_words = 0;    // occurrences of words forgotten for want of room
  int64_t invalid_sequences = 0;
  int64_t nuls = 0;
};

// INVALID_ARGUMENT where the text has no word at all or `size` cannot hold two characters; errors
// of files as in data/line_reader.h.
absl::StatusOr<TrainedVocabulary> TrainVocabulary(const TextSource& source,
                                                  const VocabularyTrainerOptions& options);
// The same from texts in memory, which errors call `name`.
absl::StatusOr<TrainedVocabulary> TrainVocabulary(const std::vector<std::string_view>& texts,
                                                  const std::string& name,
                                                  const VocabularyTrainerOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_VOCABULARY_TRAINER_H_
