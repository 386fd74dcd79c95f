// Continues a text with a trained language model: `bazel run //tools:generate -- --help`.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/text/text_codec.h"
#include "nn/sampler.h"
#include "tools/language/continuation.h"
#include "tools/language/language_data.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"
#include "tools/training/newest_checkpoint.h"
#include "tools/training/run_folder.h"
#include "tools/training/standard_files.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Continues a text with a model of train_gpt or train_lstm. The same flags give the same text.\n"
    "Example:\n"
    "  generate --run=runs/shakespeare --prompt='ROMEO:' --length=500 --temperature=0.8\n";
constexpr FlagSpec kFlags[] = {
    {"Flags", "run", "[required]", "the run folder that train_gpt or train_lstm made"},
    {"Flags", "checkpoint", "[the newest that verifies]", "a checkpoint file"},
    {"Flags", "prompt", "[a line end]", "what the text begins with"},
    {"Flags", "length", "500", "tokens that are added", 1, 1e9},
    {"Flags", "temperature", "0.8",
     "1: as the model has it; lower: likelier tokens; 0: the likeliest", 0, 1e6},
    {"Flags", "top_k", "0", "draw among so many likeliest tokens; 0: among all", 0, 1e9},
    {"Flags", "top_p", "1", "draw among the likeliest that reach this probability together", 1e-9,
     1},
    {"Flags", "seed", "0", "another number, another text", 0, 9e18},
};

// A model that reads something else than what was typed may answer to something else.
void NoteUnknown(const TextCodec& codec, const std::string& prompt) {
  constexpr size_t kMostNamed = 10;
  std::vector<std::string> unknown = codec.Unknown(prompt);
  if (unknown.empty()) return;
  const size_t more = unknown.size() - std::min(unknown.size(), kMostNamed);
  unknown.resize(unknown.size() - more);
  const std::string named = EscapeControls(absl::StrJoin(unknown, "', '"));
  const std::string others = more > 0 ? absl::StrCat(" and ", more, " more") : "";
  std::fprintf(stderr, "--prompt: not known to the run, each read as %s: '%s'%s\n",
               codec.unknown().c_str(), named.c_str(), others.c_str());
}

absl::Status Generate(const GenerateFlags& flags) {
  if (flags.run().empty()) {
    return absl::InvalidArgumentError("--run: found none, expected a run folder");
  }
  const RunFolder folder(UserPath(flags.run()));
  if (absl::Status s = folder.RequireRun(); !s.ok()) return ForFlag("--run", s);
  const absl::StatusOr<Run> run = folder.ReadRun();
  if (!run.ok()) return run.status();
  const absl::StatusOr<std::unique_ptr<TextCodec>> codec = LoadCodec(folder, *run);
  if (!codec.ok()) return ForFlag("--run", codec.status());
  const absl::StatusOr<std::string> path =
      flags.checkpoint().empty() ? NewestCheckpoint(folder)
                                 : absl::StatusOr<std::string>(UserPath(flags.checkpoint()));
  if (!path.ok()) return path.status();
  absl::StatusOr<std::unique_ptr<Continuation>> continuation = LoadContinuation(*path);
  if (!continuation.ok()) return ForFlag("--checkpoint", continuation.status());
  if ((*continuation)->vocab_size() != (*codec)->size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(*path, ": found a model of ", (*continuation)->vocab_size(),
                     " tokens, expected the ", (*codec)->size(), " of ", folder.path()));
  }

  const std::string prompt = flags.has_prompt() ? flags.prompt() : "\n";
  std::vector<int32_t> ids;
  (*codec)->Encode(prompt, &ids);
  if (ids.empty()) {
    return absl::InvalidArgumentError("--prompt: found no token, expected a text");
  }
  NoteUnknown(**codec, prompt);
  std::fputs(prompt.c_str(), stdout);
  Sampler sampler({.temperature = flags.temperature(),
                   .top_k = flags.top_k(),
                   .top_p = flags.top_p()},
                  static_cast<uint64_t>(flags.seed()));
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < flags.length(); ++i) {
    const int32_t last = ids.back();
    const auto next = static_cast<int32_t>(sampler.Draw((*continuation)->Feed(ids), i));
    // WordPiece's tokens depend on the one before them: a space or none.
    const std::string before = (*codec)->Decode({{last}}), both = (*codec)->Decode({{last, next}});
    std::fputs(both.c_str() + before.size(), stdout);
    if (absl::Status s = FlushOutput(); !s.ok()) return s;
    ids = {next};
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::fputs("\n", stdout);
  // Before the line on standard error.
  if (absl::Status s = FlushOutput(); !s.ok()) return s;
  std::fprintf(stderr, "%lld tokens in %.2f s, %.0f a second\n",
               static_cast<long long>(flags.length()), seconds.count(),
               static_cast<double>(flags.length()) / seconds.count());
  return absl::OkStatus();
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::GenerateFlags flags;
  return hairpin::RunProgram("generate", hairpin::kUsage, hairpin::kFlags, argc, argv, &flags,
                             [&](const std::vector<std::string>& arguments) -> absl::Status {
                               if (!arguments.empty()) {
                                 return absl::InvalidArgumentError(
                                     absl::StrCat("found the argument '", arguments[0],
                                                  "', expected only flags"));
                               }
                               hairpin::SetDefaults(hairpin::kFlags, &flags);
                               return hairpin::Generate(flags);
                             });
}
