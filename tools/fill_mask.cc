// Fills [MASK]s with a trained model: `bazel run //tools:fill_mask -- --help`.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "data/vocabulary.h"
#include "models/load_model.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"
#include "tools/training/mask_filler.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/newest_checkpoint.h"
#include "tools/training/run_folder.h"
#include "tools/training/run_vocabulary.h"
#include "tools/training/standard_files.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Fills [MASK]s in sentences with a trained model, sentences from arguments or, without any,\n"
    "from standard input, one a line. Example:\n"
    "  fill_mask --run=runs/novels \"the old [MASK] sat by the fire\"\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "run", "[required]", "the run folder that train_mlm made"},
    {"Flags", "checkpoint", "[the newest that verifies]", "a checkpoint file"},
    {"Flags", "top", "5", "tokens shown for each mask", 1, 1000},
};

// The model that the checkpoint holds; it has to be the one of the run.
absl::StatusOr<MiniBertConfig> ConfigOfRun(const std::string& path, const hairpin::Run& run) {
  absl::StatusOr<MiniBertConfig> config = ReadConfig<MiniBertConfig>(path);
  if (!config.ok()) return config;
  MiniBertConfig expected = ConfigOf(run.settings(), run.settings().vocab_size());
  expected.set_dropout(config->dropout());  // changes no shape
  if (config->ShortDebugString() != expected.ShortDebugString()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": found a model of ",
                                                   config->ShortDebugString(), ", expected ",
                                                   expected.ShortDebugString(), " as in --run"));
  }
  return config;
}

absl::Status FillMasks(const FillMaskFlags& flags, const std::vector<std::string>& sentences) {
  if (flags.run().empty()) {
    return absl::InvalidArgumentError("--run: found none, expected a run folder");
  }
  const RunFolder folder(UserPath(flags.run()));
  if (absl::Status s = folder.RequireRun(); !s.ok()) {
    return absl::Status(s.code(), absl::StrCat("--run: ", std::string(s.message())));
  }
  const absl::StatusOr<hairpin::Run> run = folder.ReadRun();
  if (!run.ok()) return run.status();
  if (absl::Status s = folder.RequireProgram(*run, "train_mlm"); !s.ok()) return s;
  const absl::StatusOr<Vocabulary> vocabulary = LoadRunVocabulary(folder, *run);
  if (!vocabulary.ok()) return vocabulary.status();
  const absl::StatusOr<std::string> path =
      flags.checkpoint().empty() ? NewestCheckpoint(folder)
                                 : absl::StatusOr<std::string>(UserPath(flags.checkpoint()));
  if (!path.ok()) return path.status();
  const auto named = [&](const absl::Status& status) {
    if (flags.checkpoint().empty()) return status;
    return absl::Status(status.code(),
                        absl::StrCat("--checkpoint: ", std::string(status.message())));
  };
  const absl::StatusOr<MiniBertConfig> config = ConfigOfRun(*path, *run);
  if (!config.ok()) return named(config.status());
  if (config->vocab_size() != vocabulary->size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(*path, ": found a model for ", config->vocab_size(), " tokens, expected the ",
                     vocabulary->size(), " of ", folder.vocabulary()));
  }
  const auto model = LoadModel<MiniBert>(*path, *config);
  if (!model.ok()) return named(model.status());
  MaskFiller filler(**model, *vocabulary, run->settings().lowercase());
  const auto fill = [&](const std::string& sentence) -> absl::Status {
    const auto masks = filler.Fill(sentence, flags.top());
    if (!masks.ok()) return masks.status();
    std::fputs(FormatGuesses(sentence, *masks).c_str(), stdout);
    return absl::OkStatus();
  };
  for (const std::string& sentence : sentences) {
    if (absl::Status s = fill(sentence); !s.ok()) return s;
  }
  if (!sentences.empty()) return absl::OkStatus();
  // A line that can't be filled is told of, and the others go on.
  int64_t lines = 0, failed = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const std::string sentence(absl::StripAsciiWhitespace(line));
    ++lines;
    if (sentence.empty()) continue;
    if (absl::Status s = fill(sentence); !s.ok()) {
      std::fprintf(stderr, "line %lld: %s\n", static_cast<long long>(lines),
                   EscapeControls(std::string(s.message())).c_str());
      ++failed;
    }
    if (absl::Status s = FlushOutput(); !s.ok()) return s;
  }
  if (failed == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("standard input: found ", failed, " of ", lines,
                   " lines that can't be filled, expected sentences with a [MASK]"));
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::FillMaskFlags flags;
  return hairpin::RunProgram("fill_mask", hairpin::kUsage, hairpin::kFlags, argc, argv, &flags,
                             [&](const std::vector<std::string>& sentences) {
                               hairpin::SetDefaults(hairpin::kFlags, &flags);
                               return hairpin::FillMasks(flags, sentences);
                             });
}
