#include "tools/training/mlm_data.h"

#include <malloc.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "data/line_reader.h"
#include "data/text_blocks.h"
#include "data/token_cache_builder.h"
#include "data/unigram.h"
#include "data/vocabulary_trainer.h"
#include "tensor/hash.h"
#include "tools/training/flags.h"
#include "tools/training/program_settings.h"
#include "tools/training/run_vocabulary.h"
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
  SetUnderWay("a block of the text");
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

// The error of a vocab.txt that is damaged or another one, with what can be done: the run's own is
// made of the text again, somebody's is not.
absl::Status WithRemedy(const absl::Status& status, const TrainMlmSettings& settings) {
  if (status.ok() || !settings.vocab().empty() || settings.ignore_data_change()) return status;
  return absl::Status(status.code(), absl::StrCat(std::string(status.message()),
                                                  "; removing it makes the same one again"));
}

absl::StatusOr<Vocabulary> MakeVocabulary(const MlmText& text, const TrainMlmSettings& settings,
                                          const RunFolder& folder, Progress& progress) {
  if (Exists(folder.vocabulary()) || settings.ignore_data_change()) {
    absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(folder.vocabulary());
    if (!absl::IsInvalidArgument(vocabulary.status())) return vocabulary;
    return WithRemedy(vocabulary.status(), settings);
  }
  absl::StatusOr<Vocabulary> vocabulary =
      settings.vocab().empty() ? TrainOne(text, settings, progress)
                               : Vocabulary::Load(UserPath(settings.vocab()));
  if (!vocabulary.ok()) return vocabulary.status();
  if (absl::Status s = folder.CheckHeld(); !s.ok()) return s;  // learning takes long
  if (absl::Status s = vocabulary->Save(folder.vocabulary()); !s.ok()) return s;
  return vocabulary;
}

// A cache of ids of the run.
struct CachePlace {
  std::string path;
  TextSource source;
  const char* flag;
};

// What is there, or why it can't be taken. With ignore_data_change it may be of any text.
absl::StatusOr<std::unique_ptr<TokenCache>> OpenCache(const CachePlace& place,
                                                      const Vocabulary& vocabulary,
                                                      const TokenCacheOptions& options,
                                                      bool any_text) {
  absl::StatusOr<std::unique_ptr<TokenCache>> cache = TokenCache::Open(place.path, StopAsked);
  if (!cache.ok()) return cache;
  absl::StatusOr<FileDigest> text = (*cache)->info().text;
  if (!any_text) text = HashText(place.source.paths, {.stop = StopAsked});
  if (!text.ok()) return ForFlag(place.flag, text.status());
  const absl::Status same = CheckSameSource(
      (*cache)->info(), DescribeTokenCache(*text, place.source.part, vocabulary, options),
      place.path);
  if (!same.ok()) return same;
  return cache;
}

// Whether OpenCache's error means that there is no such cache: it is gone, damaged or of something
// else. An error of reading it, or its text, says nothing against it.
bool IsNoSuchCache(const absl::Status& status, const std::string& path) {
  return absl::StartsWith(status.message(), path) &&
         (absl::IsNotFound(status) || absl::IsDataLoss(status) ||
          absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status));
}

absl::StatusOr<std::unique_ptr<TokenCache>> MakeCache(const CachePlace& place,
                                                      const Vocabulary& vocabulary,
                                                      const TrainMlmSettings& settings,
                                                      Progress& progress) {
  const auto& [path, source, flag] = place;
  TokenCacheOptions options;
  options.seq_len = settings.seq_len();
  options.packing = settings.packing() == "line" ? Packing::kLine : Packing::kStream;
  options.lowercase = settings.lowercase();
  const bool only_there = settings.ignore_data_change();
  if (only_there || Exists(path)) {
    absl::StatusOr<std::unique_ptr<TokenCache>> cache =
        OpenCache(place, vocabulary, options, only_there);
    if (cache.ok() || absl::IsCancelled(cache.status())) return cache;
    if (only_there) return ForFlag("--ignore_data_change", cache.status());
    if (!IsNoSuchCache(cache.status(), path)) return cache;
    progress.Line("%s: made again", std::string(cache.status().message()).c_str());
  }
  options.stop = StopAsked;
  SetUnderWay("a block of the text");
  options.progress = [&](int64_t done, int64_t total) {
    progress.Bytes("text to ids", done, total);
  };
  const double begin = Now();
  absl::StatusOr<TokenCacheInfo> info = BuildTokenCache(source, vocabulary, options, path);
  if (!info.ok()) {  // of the text or of the cache: each error begins with its file
    const bool of_cache = absl::StartsWith(info.status().message(), path);
    return of_cache ? info.status() : ForFlag(flag, info.status());
  }
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
  return TokenCache::Open(path, StopAsked);
}

}  // namespace

absl::Status CheckText(const MlmText& text, const TrainMlmSettings& settings,
                       const RunFolder& folder) {
  if (settings.ignore_data_change()) return absl::OkStatus();
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
  absl::Status same = CheckVocabulary(data.vocabulary->Fingerprint(), folder.vocabulary(), run);
  if (!same.ok()) return WithRemedy(same, settings);
  if (absl::Status s = folder.MakeTokensFolder(); !s.ok()) return s;
  const bool own_evaluation = !text.eval_data.empty();
  const CachePlace train = {folder.tokens("train"), TrainSource(text), "--data"};
  const CachePlace evaluation = {
      folder.tokens("eval"), EvaluationSource(text),
      own_evaluation ? "--eval_data" : "--data (its lines 50, 100, ... for evaluation)"};
  for (const auto& [place, cache] :
       {std::pair(&train, &data.train), std::pair(&evaluation, &data.evaluation)}) {
    auto made = MakeCache(*place, *data.vocabulary, settings, progress);
    if (!made.ok()) return made.status();
    *cache = *std::move(made);
  }
  const absl::StatusOr<double> unigram =
      UnigramBaseline(*data.train, *data.evaluation, StopAsked);
  if (!unigram.ok()) return ForFlag(own_evaluation ? "--eval_data" : "--data", unigram.status());
  data.unigram_loss = *unigram;
  malloc_trim(0);  // what the vocabulary took, training needs
  return data;
}

}  // namespace hairpin
