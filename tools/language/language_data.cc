#include "tools/language/language_data.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "data/vocabulary.h"
#include "data/vocabulary_trainer.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/stop_question.h"
#include "tools/training/run_vocabulary.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

constexpr char kCharacters[] = "characters", kBytes[] = "bytes", kWordPiece[] = "wordpiece";
constexpr int64_t kMostBytes = int64_t{1} << 32;

std::string SamplePath() { return FindRunfile("hairpin/data/sample/sample.txt"); }

std::string CharactersPath(const RunFolder& folder) { return folder.path() + "/characters.txt"; }

absl::StatusOr<std::string> ReadText(const char* flag, const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kMostBytes, StopAsked);
  if (!text.ok()) return ForFlag(flag, text.status());
  if (text->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": ", path, ": found an empty file, expected text"));
  }
  return text;
}

// The text in parts of a MiB, between which can be asked whether to stop. They end after white
// space, so that the tokens of the parts are those of the text; without any, there is one part.
std::vector<std::string_view> Parts(std::string_view text) {
  constexpr size_t kPartBytes = size_t{1} << 20;
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t space = text.find_first_of(" \t\r\n", kPartBytes);
    parts.push_back(text.substr(0, space == text.npos ? space : space + 1));
    text.remove_prefix(parts.back().size());
  }
  return parts;
}

absl::Status Encode(const TextCodec& codec, std::string_view text, std::vector<int32_t>* ids) {
  for (const std::string_view part : Parts(text)) {
    if (absl::Status s = CheckStop(StopAsked, "text became ids"); !s.ok()) return s;
    codec.Encode(part, ids);
  }
  return absl::OkStatus();
}

// Characters are those of all the text; a vocabulary is made from the part to train on.
absl::StatusOr<std::unique_ptr<TextCodec>> MakeCodec(const LanguageText& text,
                                                     std::string_view all,
                                                     std::string_view train) {
  if (text.tokens() == kBytes) return ByteCodec();
  if (text.tokens() == kCharacters) return CharacterCodec(all, StopAsked);
  if (text.has_vocab()) {
    absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(UserPath(text.vocab()));
    if (!vocabulary.ok()) return ForFlag("--vocab", vocabulary.status());
    return WordPieceCodec(*std::move(vocabulary), text.lowercase());
  }
  std::vector<std::string_view> lines;
  for (const absl::string_view line : absl::StrSplit(absl::string_view(train.data(), train.size()),
                                                     '\n', absl::SkipWhitespace())) {
    for (const std::string_view part : Parts({line.data(), line.size()})) lines.push_back(part);
  }
  absl::StatusOr<TrainedVocabulary> made =
      TrainVocabulary(lines, text.has_data() ? text.data() : "the built-in sample",
                      {.size = text.vocab_size(),
                       .lowercase = text.lowercase(),
                       .stop = StopAsked});
  if (!made.ok()) return ForFlag("--data", made.status());
  return WordPieceCodec(std::move(made->vocabulary), text.lowercase());
}

absl::Status CheckLength(const char* flag, const std::vector<int32_t>& ids, int seq_len) {
  if (static_cast<int64_t>(ids.size()) > seq_len) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(flag, ": found ", ids.size(),
                                                 " tokens, expected more than the ", seq_len,
                                                 " of --seq_len"));
}

// The first byte from `place` on that begins a character.
size_t CharacterStart(std::string_view text, size_t place) {
  while (place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0) == 0x80) ++place;
  return place;
}

}  // namespace

std::vector<FlagSpec> WithTextFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags = {
      {"Text", "data", "[the built-in sample]", "UTF-8 text file to train on"},
      {"Text", "eval_data", "[the end of --data]", "text file to evaluate on"},
      {"Text", "evaluation_share", "0.1", "share of the text, at its end, that is kept for that",
       0.0001, 0.9},
      {"Text", "tokens", "characters", "characters, bytes or wordpiece"},
      {"Text", "vocab", "[made from --data]",
       "vocab.txt of wordpiece, such as train_mlm leaves in its run"},
      {"Text", "vocab_size", "4096", "tokens of one that is made", 7, 1048576},
      {"Text", "lowercase", "true", "of wordpiece: letters' case makes no difference"},
      {"Text", "seq_len", "64", "tokens of a sequence", 1, 65536}};
  flags.insert(flags.end(), own.begin(), own.end());
  return flags;
}

std::vector<std::string> TextPaths() { return {"data", "eval_data", "vocab", "trace"}; }

absl::Status CheckText(const LanguageText& text) {
  const std::string tokens = text.has_tokens() ? text.tokens() : kCharacters;
  if (tokens != kCharacters && tokens != kBytes && tokens != kWordPiece) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--tokens: found '", tokens, "', expected characters, bytes or wordpiece"));
  }
  if (text.has_vocab() && tokens != kWordPiece) {
    return absl::InvalidArgumentError(
        "--vocab: found a file, expected none without --tokens=wordpiece");
  }
  if (text.has_eval_data() && !text.has_data()) {
    return absl::InvalidArgumentError("--eval_data: found a file, expected none without --data");
  }
  return absl::OkStatus();
}

absl::StatusOr<LanguageData> ReadLanguageData(const LanguageText& text,
                                              std::unique_ptr<TextCodec> codec) {
  const std::string path = text.has_data() ? UserPath(text.data()) : SamplePath();
  if (path.empty()) {
    return absl::NotFoundError("--data: found none, and the built-in sample is not beside the "
                               "program; start it with bazel run or give --data");
  }
  absl::StatusOr<std::string> contents = ReadText("--data", path);
  if (!contents.ok()) return contents.status();
  const std::string_view all = *contents;
  std::string_view train = all, evaluation;
  std::string evaluation_contents;
  if (text.has_eval_data()) {
    absl::StatusOr<std::string> read = ReadText("--eval_data", UserPath(text.eval_data()));
    if (!read.ok()) return read.status();
    evaluation_contents = *std::move(read);
    evaluation = evaluation_contents;
  } else {
    const double kept = 1 - text.evaluation_share();
    const size_t end = CharacterStart(all, static_cast<size_t>(kept * all.size()));
    train = all.substr(0, end);
    evaluation = all.substr(end);
  }
  if (codec == nullptr) {
    absl::StatusOr<std::unique_ptr<TextCodec>> made = MakeCodec(text, all, train);
    if (!made.ok()) return made.status();
    codec = *std::move(made);
  }
  LanguageData data;
  data.codec = std::move(codec);
  if (absl::Status s = Encode(*data.codec, train, &data.train); !s.ok()) return s;
  if (absl::Status s = Encode(*data.codec, evaluation, &data.evaluation); !s.ok()) return s;
  absl::Status long_enough = CheckLength("--data", data.train, text.seq_len());
  if (long_enough.ok()) {
    long_enough = CheckLength(text.has_eval_data() ? "--eval_data" : "--evaluation_share",
                              data.evaluation, text.seq_len());
  }
  if (!long_enough.ok()) return long_enough;
  return data;
}

std::vector<std::string> TextFiles(const LanguageText& text) {
  std::vector<std::string> files;
  if (!text.has_data()) files.push_back(SamplePath());
  for (const std::string& path : {text.data(), text.eval_data(), text.vocab()}) {
    if (!path.empty()) files.push_back(UserPath(path));
  }
  return files;
}

absl::Status SaveCodec(const LanguageText& text, const TextCodec& codec, const RunFolder& folder,
                       Progress& progress, Run* run) {
  if (text.tokens() == kBytes) return absl::OkStatus();
  const std::string path =
      text.tokens() == kWordPiece ? folder.vocabulary() : CharactersPath(folder);
  const bool had = !run->vocabulary_sha256().empty();
  const std::string expected = codec.Fingerprint();
  if (absl::Status s = CheckVocabulary(expected, path, run); !s.ok()) return s;
  const absl::StatusOr<FileDigest> found = HashFile(path);
  if (found.ok() && found->sha256 == expected) return absl::OkStatus();
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  if (found.ok()) {
    progress.Line("%s: found contents with SHA-256 %s, expected %s: made again", path.c_str(),
                  found->sha256.c_str(), expected.c_str());
  } else if (had) {
    progress.Line("%s: made again", std::string(found.status().message()).c_str());
  }
  return codec.Save(path);
}

absl::StatusOr<std::unique_ptr<TextCodec>> LoadCodec(const RunFolder& folder, const Run& run,
                                                     const LanguageText& text) {
  const std::string& tokens = text.tokens();
  if (tokens == kBytes) return ByteCodec();
  if (tokens == kCharacters) {
    const std::string path = CharactersPath(folder);
    absl::StatusOr<std::unique_ptr<TextCodec>> codec = LoadCharacterCodec(path);
    if (!codec.ok()) return codec;
    Run record = run;
    absl::Status same = CheckVocabulary((*codec)->Fingerprint(), path, &record);
    if (!same.ok()) return same;
    return codec;
  }
  absl::StatusOr<Vocabulary> vocabulary = LoadRunVocabulary(folder, run);
  if (!vocabulary.ok()) return vocabulary.status();
  return WordPieceCodec(*std::move(vocabulary), text.lowercase());
}

absl::StatusOr<std::unique_ptr<TextCodec>> LoadCodec(const RunFolder& folder, const Run& run) {
  LanguageText text;
  text.set_lowercase(true);
  for (const RunFlag& flag : run.flags()) {
    if (flag.name() == "tokens") text.set_tokens(flag.value());
    if (flag.name() == "lowercase") text.set_lowercase(flag.value() == "true");
  }
  if (text.has_tokens()) return LoadCodec(folder, run, text);
  return absl::InvalidArgumentError(absl::StrCat(
      folder.path(), ": found a run of ", run.program().empty() ? "train_mlm" : run.program(),
      ", expected one of train_gpt or train_lstm"));
}

}  // namespace hairpin
