#include "tools/sentences/encoder_source.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/load_model.h"
#include "tensor/check.h"
#include "tensor/hash.h"
#include "tools/training/newest_checkpoint.h"
#include "tools/training/run_vocabulary.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

constexpr char kPretrained[] = "--pretrained";
// What a run of train_mlm and the flags have in common.
constexpr const char* kShared[] = {"layers",  "hidden",    "heads", "intermediate",
                                   "seq_len", "lowercase"};

bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

bool AllKnown(const EncoderFlags& flags) {
  for (const char* name : kShared) {
    if (!IsFlagSet(name, flags)) return false;
  }
  return true;
}

const FlagSpec& Spec(absl::Span<const FlagSpec> flags, const std::string& name) {
  for (const FlagSpec& flag : flags) {
    if (name == flag.name) return flag;
  }
  HAIRPIN_CHECK(false) << "no flag " << name;
}

absl::Status TakeSizes(EncoderFlags* flags) {
  const RunFolder folder(UserPath(flags->pretrained()));
  if (absl::Status s = folder.RequireRun(); !s.ok()) return ForFlag(kPretrained, s);
  const absl::StatusOr<Run> run = folder.ReadRun();
  if (!run.ok()) return ForFlag(kPretrained, run.status());
  if (!run->has_settings() || !run->settings().has_layers()) {
    return absl::InvalidArgumentError(absl::StrCat(
        kPretrained, ": ", folder.path(), ": found a run of ",
        run->program().empty() ? "train_mlm that has not begun" : run->program(),
        ", expected one of train_mlm"));
  }
  const std::vector<FlagSpec> specs = WithEncoderFlags({});
  for (const char* name : kShared) {
    const std::string theirs = FlagText(name, run->settings()), own = FlagText(name, *flags);
    if (IsFlagSet(name, *flags) && own != theirs) {
      return absl::InvalidArgumentError(absl::StrCat("--", name, ": found ", own, ", expected ",
                                                     theirs, ", as in --pretrained"));
    }
    if (absl::Status s = SetFlag(Spec(specs, name), theirs, flags); !s.ok()) return s;
  }
  return absl::OkStatus();
}

MiniBertConfig ConfigOf(const EncoderFlags& flags, int32_t vocab_size) {
  MiniBertConfig config;
  config.set_layers(flags.layers());
  config.set_hidden(flags.hidden());
  config.set_heads(flags.heads());
  config.set_intermediate(flags.intermediate());
  config.set_seq_len(flags.seq_len());
  config.set_vocab_size(vocab_size);
  config.set_dropout(flags.dropout());
  return config;
}

absl::StatusOr<Vocabulary> FindVocabulary(const EncoderFlags& flags, const RunFolder& folder,
                                          const MakeVocabulary& make) {
  if (Exists(folder.vocabulary())) return Vocabulary::Load(folder.vocabulary());
  const bool pretrained = flags.has_pretrained();
  if (!pretrained && !flags.has_vocab()) {
    absl::StatusOr<TrainedVocabulary> made =
        make({.size = flags.vocab_size(), .lowercase = flags.lowercase(), .stop = StopAsked});
    if (!made.ok()) return ForFlag("--data", made.status());
    return std::move(made->vocabulary);
  }
  const char* const flag = pretrained ? kPretrained : "--vocab";
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(
      pretrained ? RunFolder(UserPath(flags.pretrained())).vocabulary() : UserPath(flags.vocab()));
  if (!vocabulary.ok()) return ForFlag(flag, vocabulary.status());
  if (absl::Status s = vocabulary->RequireTrainable(); !s.ok()) return ForFlag(flag, s);
  return vocabulary;
}

// The newest of --pretrained, which is to have an encoder of this config.
absl::StatusOr<std::string> FindCheckpoint(const EncoderFlags& flags, MiniBertConfig expected) {
  absl::StatusOr<std::string> path = NewestCheckpoint(RunFolder(UserPath(flags.pretrained())));
  if (!path.ok()) return path;
  const absl::StatusOr<MiniBertConfig> found = ReadConfig<MiniBertConfig>(*path);
  if (!found.ok()) return found.status();
  expected.set_dropout(found->dropout());  // changes no shape
  if (found->ShortDebugString() == expected.ShortDebugString()) return path;
  return absl::InvalidArgumentError(absl::StrCat(*path, ": found a model of ",
                                                 found->ShortDebugString(), ", expected ",
                                                 expected.ShortDebugString()));
}

}  // namespace

std::vector<FlagSpec> WithEncoderFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags = {
      {"Encoder", "pretrained", "[none]",
       "run folder of train_mlm: vocabulary, sizes and weights are its own"},
      {"Encoder", "vocab", "[made from --data]", "vocab.txt, where nothing is pre-trained"},
      {"Encoder", "vocab_size", "4096", "tokens of one that is made", 7, 1048576},
      {"Encoder", "lowercase", "[as pre-trained; true]", "letters' case makes no difference"},
      {"Encoder", "layers", "[as pre-trained; 3]", "encoder layers", 1, 1000},
      {"Encoder", "hidden", "[as pre-trained; 192]", "channels", 1, 1048576},
      {"Encoder", "heads", "[as pre-trained; 4]", "attention heads", 1, 1048576},
      {"Encoder", "intermediate", "[as pre-trained; 4 x hidden]", "channels between", 1, 1048576},
      {"Encoder", "seq_len", "[as pre-trained; 64]", "tokens of a text; what is longer is cut", 3,
       1048576},
      {"Encoder", "dropout", "0.1", "share of activations that are dropped", 0, 0.9999999999}};
  flags.insert(flags.end(), own.begin(), own.end());
  return flags;
}

absl::Status ResolveEncoder(EncoderFlags* flags) {
  if (flags->has_pretrained() && flags->has_vocab()) {
    return absl::InvalidArgumentError(
        "--vocab: found a file, expected none beside --pretrained, which has its own");
  }
  if (flags->has_pretrained() && !AllKnown(*flags)) return TakeSizes(flags);
  const MiniBertConfig preset = MiniPreset();
  if (!flags->has_lowercase()) flags->set_lowercase(true);
  if (!flags->has_layers()) flags->set_layers(preset.layers());
  if (!flags->has_hidden()) flags->set_hidden(preset.hidden());
  if (!flags->has_heads()) flags->set_heads(preset.heads());
  if (!flags->has_intermediate()) flags->set_intermediate(4 * flags->hidden());
  if (!flags->has_seq_len()) flags->set_seq_len(preset.seq_len());
  return absl::OkStatus();
}

absl::StatusOr<EncoderSource> OpenEncoder(const EncoderFlags& flags, const RunFolder& folder,
                                          const MakeVocabulary& make) {
  absl::Status valid = ValidateConfig(ConfigOf(flags, kFirstOrdinaryId + 1));
  if (!valid.ok()) return ForField(WithEncoderFlags({}), "--hidden", valid);
  absl::StatusOr<Vocabulary> vocabulary = FindVocabulary(flags, folder, make);
  if (!vocabulary.ok()) return vocabulary.status();
  EncoderSource source = {.config = ConfigOf(flags, vocabulary->size()),
                          .vocabulary = std::make_unique<Vocabulary>(*std::move(vocabulary))};
  if (!flags.has_pretrained()) return source;
  const absl::StatusOr<std::vector<std::string>> own = folder.Checkpoints();
  if (!own.ok()) return own.status();
  if (!own->empty()) return source;
  absl::StatusOr<std::string> checkpoint = FindCheckpoint(flags, source.config);
  if (!checkpoint.ok()) return ForFlag(kPretrained, checkpoint.status());
  source.checkpoint = *std::move(checkpoint);
  return source;
}

absl::Status KeepEncoderSource(const EncoderSource& source, const RunFolder& folder, Run* run) {
  absl::Status same = CheckVocabulary(source.vocabulary->Fingerprint(), folder.vocabulary(), run);
  if (!same.ok()) return same;
  if (!source.checkpoint.empty()) {
    const absl::StatusOr<FileDigest> digest = HashFile(source.checkpoint);
    if (!digest.ok()) return ForFlag(kPretrained, digest.status());
    if (run->pretrained_sha256().empty()) run->set_pretrained_sha256(digest->sha256);
    if (run->pretrained_sha256() != digest->sha256) {
      return absl::FailedPreconditionError(absl::StrCat(
          kPretrained, ": ", source.checkpoint, ": found contents with SHA-256 ", digest->sha256,
          ", expected ", run->pretrained_sha256(), " of the newest checkpoint when the run began"));
    }
  }
  return source.vocabulary->Save(folder.vocabulary());
}

absl::Status LoadEncoder(const EncoderSource& source, MiniBertEncoder* encoder) {
  if (source.checkpoint.empty()) return absl::OkStatus();
  nn::StateDict state = nn::ParameterState(*encoder);
  const std::string prefix = encoder->path().empty() ? "" : encoder->path() + ".";
  for (nn::StateEntry& entry : state) entry.name.erase(0, prefix.size());
  return ForFlag(kPretrained, nn::ReadCheckpointPart(source.checkpoint, &state).status());
}

}  // namespace hairpin
