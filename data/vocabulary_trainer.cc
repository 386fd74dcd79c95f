#include "data/vocabulary_trainer.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/normalizer.h"
#include "data/pair_merger.h"
#include "data/utf8.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

constexpr int64_t kBlocksPerRound = 16;

absl::Status GoOn(const VocabularyTrainerOptions& options) {
  return CheckStop(options.stop, "words were counted");
}

// One thread's share of a round.
struct Counter {
  explicit Counter(bool lowercase) : normalizer(lowercase) {}

  void Count(std::string_view text) {
    normalizer.ForEachWord(text, [this](std::string_view word, int code_points) {
      ++words;
      if (code_points > kMaxWordCodePoints) {
        ++too_long;
      } else {
        counts.Add(word, 1);
      }
    });
  }

  Normalizer normalizer;
  WordCounts counts;
  int64_t words = 0;
  int64_t too_long = 0;
};

// Counts and sums are the same whichever thread counted which block.
absl::Status CountWords(const TextSource& source, const VocabularyTrainerOptions& options,
                        WordCounts* counts, TrainedVocabulary* report) {
  auto reader = BlockReader::Open(source);
  if (!reader.ok()) return reader.status();
  const LineReader& lines = (*reader)->lines();
  std::vector<std::unique_ptr<Counter>> counters;
  for (int i = 0; i < NumThreads(); ++i) {
    counters.push_back(std::make_unique<Counter>(options.lowercase));
  }
  std::vector<TextBlock> blocks(kBlocksPerRound);
  for (int64_t count = kBlocksPerRound; count == kBlocksPerRound;) {
    absl::StatusOr<int64_t> read = (*reader)->Next(&blocks);
    if (!read.ok()) return read.status();
    count = *read;
    ParallelFor(count, [&](int64_t b, int worker) {
      Counter& counter = *counters[worker];
      for (const TextBlock::Piece& piece : blocks[b].pieces) {
        counter.Count(blocks[b].Text(piece));
      }
    });
    for (auto& counter : counters) {
      counts->AddAll(counter->counts);
      counter->counts.Clear();
    }
    counts->Prune(options.limits);
    if (options.progress) options.progress(lines.bytes_read(), lines.total_bytes());
    if (absl::Status s = GoOn(options); !s.ok()) return s;
  }
  for (const auto& counter : counters) {
    report->words += counter->words;
    report->skipped_words += counter->too_long;
  }
  report->lines = (*reader)->line_count();
  report->dropped_words = counts->dropped_occurrences();
  report->invalid_sequences = lines.invalid_sequences();
  report->nuls = lines.nuls();
  return absl::OkStatus();
}

struct Character {
  CodePoint point;
  int64_t count = 0;
  bool continues = false;  // occurs inside a word, not only at its start
};

// All characters, the most frequent first.
std::vector<Character> CountCharacters(const WordCounts& counts) {
  std::map<CodePoint, Character> all;
  for (int64_t i = 0; i < counts.size(); ++i) {
    const std::string_view word = counts.word(i);
    for (size_t at = 0; at < word.size();) {
      const bool continues = at > 0;
      const CodePoint point = DecodeUtf8(word, &at);
      Character& character = all[point];
      character.point = point;
      character.count += counts.count(i);
      character.continues |= continues;
    }
  }
  std::vector<Character> characters;
  for (const auto& [point, character] : all) characters.push_back(character);
  std::stable_sort(characters.begin(), characters.end(),
                   [](const Character& a, const Character& b) { return a.count > b.count; });
  return characters;
}

// Where the characters' tokens are: of a word's first, and of the others; -1 for none.
using Alphabet = std::map<CodePoint, std::pair<int32_t, int32_t>>;

Alphabet AddAlphabet(std::vector<Character> characters, const VocabularyTrainerOptions& options,
                     std::vector<std::string>* tokens) {
  int64_t room = options.size - static_cast<int64_t>(tokens->size());
  size_t kept = 0;
  while (kept < characters.size() && kept < static_cast<size_t>(options.max_alphabet)) {
    room -= characters[kept].continues ? 2 : 1;
    if (room < 0) break;
    ++kept;
  }
  characters.resize(kept);
  std::sort(characters.begin(), characters.end(),
            [](const Character& a, const Character& b) { return a.point < b.point; });
  Alphabet alphabet;
  for (const Character& character : characters) {
    alphabet[character.point] = {static_cast<int32_t>(tokens->size()), -1};
    AppendUtf8(character.point, &tokens->emplace_back());
  }
  for (const Character& character : characters) {
    if (!character.continues) continue;
    alphabet[character.point].second = static_cast<int32_t>(tokens->size());
    AppendUtf8(character.point, &tokens->emplace_back("##"));
  }
  return alphabet;
}

// Counts words; the report learns the rest.
using CountTexts = std::function<absl::Status(WordCounts* counts, TrainedVocabulary* report)>;

absl::StatusOr<TrainedVocabulary> Train(const std::string& name, const CountTexts& count,
                                        const VocabularyTrainerOptions& options) {
  std::vector<std::string> tokens(kSpecialTokens.begin(), kSpecialTokens.end());
  if (options.size < static_cast<int32_t>(tokens.size()) + 2) {
    return absl::InvalidArgumentError(absl::StrCat("found a vocabulary size of ", options.size,
                                                   ", expected at least ", tokens.size() + 2));
  }
  if (options.size > Vocabulary::kMaxTokens) {
    return absl::InvalidArgumentError(absl::StrCat("found a vocabulary size of ", options.size,
                                                   ", expected at most ", Vocabulary::kMaxTokens));
  }
  TrainedVocabulary report{.vocabulary = *Vocabulary::FromTokens(tokens, name)};
  auto counts = std::make_unique<WordCounts>();
  if (absl::Status status = count(counts.get(), &report); !status.ok()) return status;
  if (counts->size() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": found no word to train a vocabulary on, expected UTF-8 text"));
  }
  const Alphabet alphabet = AddAlphabet(CountCharacters(*counts), options, &tokens);
  {
    PairMerger merger(&tokens);
    std::vector<int32_t> ids;
    for (int64_t i = 0; i < counts->size(); ++i) {
      const std::string_view word = counts->word(i);
      ids.clear();
      bool known = true;
      for (size_t at = 0; at < word.size() && known;) {
        const bool continues = at > 0;
        const auto character = alphabet.find(DecodeUtf8(word, &at));
        known = character != alphabet.end();
        if (known) ids.push_back(continues ? character->second.second : character->second.first);
      }
      if (known) {
        merger.AddWord(ids, counts->count(i));
        ++report.different_words;
      } else {
        report.skipped_words += counts->count(i);
      }
    }
    counts.reset();
    absl::Status merged = merger.Run(options.size, options.min_frequency, options.stop);
    if (!merged.ok()) return merged;
  }
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::FromTokens(tokens, name);
  if (!vocabulary.ok()) return vocabulary.status();
  report.vocabulary = *std::move(vocabulary);
  return report;
}

}  // namespace

absl::StatusOr<TrainedVocabulary> TrainVocabulary(const TextSource& source,
                                                  const VocabularyTrainerOptions& options) {
  return Train(
      absl::StrJoin(source.paths, ","),
      [&](WordCounts* counts, TrainedVocabulary* report) {
        return CountWords(source, options, counts, report);
      },
      options);
}

absl::StatusOr<TrainedVocabulary> TrainVocabulary(const std::vector<std::string_view>& texts,
                                                  const std::string& name,
                                                  const VocabularyTrainerOptions& options) {
  return Train(
      name,
      [&](WordCounts* counts, TrainedVocabulary* report) {
        Counter counter(options.lowercase);
        for (const std::string_view text : texts) {
          if (absl::Status s = GoOn(options); !s.ok()) return s;
          counter.Count(text);
          counter.counts.Prune(options.limits);
        }
        counts->AddAll(counter.counts);
        report->lines = static_cast<int64_t>(texts.size());
        report->words = counter.words;
        report->skipped_words = counter.too_long;
        report->dropped_words = counter.counts.dropped_occurrences();
        return absl::OkStatus();
      },
      options);
}

}  // namespace hairpin
