#include "tools/training/mlm_data.h"

#include <malloc.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "data/line_reader.h"
#include "data/text_blocks.h"
#include "data/token_cache_builder.h"
#include "data/unigram.h"
#include "data/vocabulary_trainer.h"
#include "tools/training/flags.h"
#include "tools/training/program_settings.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

TextSource TrainSource(const MlmText& text) {
  return {.paths = text.data,
          .part = text.eval_data.empty() ? TextPart::kTrain : TextPart::kAll};
}

TextSource EvaluationSource(const MlmText& text) {
  if (text.eval_data.empty()) return {.paths = text.data, .part = TextPart::kEvaluation};
  return {.paths = text.eval_data, .part = TextPart::kAll};
}

absl::StatusOr<Vocabulary> TrainOne(const MlmText& text, const TrainMlmSettings& settings,
                                    Progress& progress) {
  VocabularyTrainerOptions options;
  options.size = settings.vocab_size();
  options.lowercase = settings.lowercase();
  options.stop = StopAsked;
  options.progress = [&](int64_t done, int64_t total) {
    progress.Bytes("learning the vocabulary", done, total);
  };
  const double begin = Now();
  absl::StatusOr<TrainedVocabulary> trained = TrainVocabulary(TrainSource(text), options);
  if (!trained.ok()) return ForFlag("--data", trained.status());
  progress.Line("vocabulary: %d tokens from %lld words in %.1f s", trained->vocabulary.size(),
                static_cast<long long>(trained->words), Now() - begin);
  return std::move(trained->vocabulary);
}

absl::StatusOr<Vocabulary> MakeVocabulary(const MlmText& text, const TrainMlmSettings& settings,
                                          const RunFolder& folder, Progress& progress) {
  if (Exists(folder.vocabulary())) return Vocabulary::Load(folder.vocabulary());
  absl::StatusOr<Vocabulary> vocabulary =
      settings.vocab().empty() ? TrainOne(text, settings, progress)
                               : Vocabulary::Load(UserPath(settings.vocab()));
  if (!vocabulary.ok()) return vocabulary.status();
  if (absl::Status s = vocabulary->Save(folder.vocabulary()); !s.ok()) return s;
  return vocabulary;
}

absl::StatusOr<std::unique_ptr<TokenCache>> MakeCache(const TextSource& source,
                                                      const Vocabulary& vocabulary,
                                                      const TrainMlmSettings& settings,
                                                      const char* flag, const std::string& path,
                                                      Progress& progress) {
  TokenCacheOptions options;
  options.seq_len = settings.seq_len();
  options.packing = settings.packing() == "line" ? Packing::kLine : Packing::kStream;
  options.lowercase = settings.lowercase();
  if (Exists(path)) {
    absl::StatusOr<TokenCacheInfo> expected = DescribeTokenCache(source, vocabulary, options);
    if (!expected.ok()) return ForFlag(flag, expected.status());
    absl::StatusOr<std::unique_ptr<TokenCache>> cache = TokenCache::Open(path);
    if (cache.ok()) {
      const absl::Status same = CheckSameSource((*cache)->info(), *expected, path);
      if (!same.ok()) return ForFlag(flag, same);
      return cache;
    }
    progress.Line("%s: made again", std::string(cache.status().message()).c_str());
  }
  options.stop = StopAsked;
  options.progress = [&](int64_t done, int64_t total) {
    progress.Bytes("text to ids", done, total);
  };
  const double begin = Now();
  absl::StatusOr<TokenCacheInfo> info = BuildTokenCache(source, vocabulary, options, path);
  if (!info.ok()) return ForFlag(flag, info.status());
  progress.Line("%s: %lld ids of %lld lines in %lld sequences, %.1f s", path.c_str(),
                static_cast<long long>(info->ids), static_cast<long long>(info->lines),
                static_cast<long long>(info->records), Now() - begin);
  // They are counted in all parts of a text: said once, not again for evaluation.
  const bool said = source.part == TextPart::kEvaluation;
  if (!said && (info->invalid_sequences > 0 || info->nuls > 0)) {
    progress.Line("%s: %lld invalid UTF-8 sequences became U+FFFD, %lld NULs", flag,
                  static_cast<long long>(info->invalid_sequences),
                  static_cast<long long>(info->nuls));
  }
  return TokenCache::Open(path);
}

}  // namespace

absl::Status CheckText(const MlmText& text, const TrainMlmSettings& settings,
                       const RunFolder& folder) {
  if (absl::Status s = ForFlag("--data", LineReader::Open(text.data).status()); !s.ok()) return s;
  if (!text.eval_data.empty()) {
    absl::Status s = ForFlag("--eval_data", LineReader::Open(text.eval_data).status());
    if (!s.ok()) return s;
  }
  if (!settings.vocab().empty() && !Exists(folder.vocabulary())) {
    const absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(UserPath(settings.vocab()));
    if (!vocabulary.ok()) return ForFlag("--vocab", vocabulary.status());
    return ForFlag("--vocab", vocabulary->RequireTrainable());
  }
  return absl::OkStatus();
}

absl::StatusOr<MlmData> PrepareMlmData(const MlmText& text, const TrainMlmSettings& settings,
                                       const RunFolder& folder, Progress& progress, Run* run) {
  MlmData data;
  absl::StatusOr<Vocabulary> vocabulary = MakeVocabulary(text, settings, folder, progress);
  if (!vocabulary.ok()) return vocabulary.status();
  data.vocabulary = *std::move(vocabulary);
  absl::StatusOr<std::unique_ptr<TokenCache>> train =
      MakeCache(TrainSource(text), *data.vocabulary, settings, "--data", folder.tokens("train"),
                progress);
  if (!train.ok()) return train.status();
  data.train = *std::move(train);
  absl::StatusOr<std::unique_ptr<TokenCache>> evaluation =
      MakeCache(EvaluationSource(text), *data.vocabulary, settings,
                text.eval_data.empty() ? "--data (its lines 50, 100, ... for evaluation)"
                                       : "--eval_data",
                folder.tokens("eval"), progress);
  if (!evaluation.ok()) return evaluation.status();
  data.evaluation = *std::move(evaluation);
  const absl::StatusOr<double> unigram = UnigramBaseline(*data.train, *data.evaluation);
  if (!unigram.ok()) {
    return ForFlag(text.eval_data.empty() ? "--data" : "--eval_data", unigram.status());
  }
  data.unigram_loss = *unigram;
  run->clear_data();
  for (const std::vector<std::string>* paths : {&text.data, &text.eval_data}) {
    for (const std::string& path : *paths) {
      if (absl::Status s = AddDataFile(path, run); !s.ok()) return s;
    }
  }
  malloc_trim(0);  // what the vocabulary took, training needs
  return data;
}

}  // namespace hairpin
