// Draws the graph of a model: `bazel run //tools:draw_graph -- --help`.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tools/analysis/graph_drawing.h"
#include "tools/analysis/graphviz.h"
#include "tools/analysis/model_flags.h"
#include "tools/analysis/step_analysis.h"
#include "tools/tools.pb.h"
#include "tools/training/checkpointing.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/output_paths.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Draws the graph that a training records of a model: operations by layer, shapes, FLOP, and\n"
    "what is saved for backward, or dropped by the policy and run again. Nothing is computed.\n"
    "Example:\n"
    "  draw_graph --svg=layer.svg --layer=encoder.0\n";
constexpr FlagSpec kFlags[] = {
    {"Drawing", "svg", "[none]", "file for the picture"},
    {"Drawing", "dot", "[standard output without --svg]",
     "file for the graph as Graphviz text; - is standard output"},
    {"Drawing", "layer", "[the whole model]",
     "path of a module, as encoder.0: only it, with what enters and leaves"},
};
constexpr std::string_view kMore[] = {"checkpointing"};

absl::Status Named(const char* flag, const absl::Status& status, const char* expected = "") {
  return absl::Status(status.code(), absl::StrCat("--", flag, ": ",
                                                  std::string(status.message()), expected));
}

absl::StatusOr<std::string> Draw(const DrawGraphFlags& flags) {
  const TrainMlmSettings& settings = flags.model();
  const MiniBertConfig config = ConfigOf(settings, settings.vocab_size());
  const absl::StatusOr<Checkpointing> checkpointing =
      PlanCheckpointing(settings.checkpointing(), settings, config);
  if (!checkpointing.ok()) return checkpointing.status();
  MlmDryStep dry(settings, config, {.policy = &checkpointing->policy()});
  // A way there and back says what runs again; another way there shows what is saved.
  dry.Forward();
  dry.Backward();
  std::vector<int64_t> replays;
  for (int64_t i = 0; i < dry.recording().num_nodes(); ++i) {
    replays.push_back(dry.recording().node(i).replays);
  }
  dry.Forward();
  std::string title = absl::StrCat(
      "Mini-BERT, ", settings.layers(), settings.layers() == 1 ? " layer" : " layers", ", ",
      settings.micro_batch(), " x ", settings.seq_len(), " tokens, checkpointing ",
      settings.checkpointing());
  absl::StatusOr<std::string> dot =
      DotText(dry.recording(), {.title = std::move(title),
                                .layer = flags.layer(),
                                .replays = std::move(replays)});
  if (!dot.ok()) return Named("layer", dot.status());
  return dot;
}

absl::Status DrawGraph(DrawGraphFlags& flags, const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the argument '", arguments[0], "', expected only flags"));
  }
  SetDefaults(kFlags, &flags);
  if (absl::Status s = ResolveSettings(flags.mutable_model()); !s.ok()) return s;
  const absl::Status apart = CheckOutputs(
      {{"--svg", UserPath(flags.svg())}, {"--dot", UserPath(flags.dot())}}, /*inputs=*/{});
  if (!apart.ok()) return apart;
  if (absl::Status s = CheckCountable(flags.model()); !s.ok()) return s;
  const absl::StatusOr<std::string> dot = Draw(flags);
  if (!dot.ok()) return dot.status();
  // Both files or none.
  std::vector<std::pair<const char*, std::unique_ptr<AtomicFileWriter>>> files;
  const auto add = [&](const char* flag, const std::string& path,
                       const std::string& text) -> absl::Status {
    auto file = AtomicFileWriter::Create(UserPath(path), AtomicFileWriter::Temporary::kFree);
    if (!file.ok()) return Named(flag, file.status(), ", expected a file that can be written");
    if (absl::Status s = (*file)->Write(text); !s.ok()) return Named(flag, s);
    files.emplace_back(flag, *std::move(file));
    return absl::OkStatus();
  };
  if (flags.has_svg()) {
    const absl::StatusOr<std::string> svg = SvgOfDot(*dot);
    if (!svg.ok()) return Named("svg", svg.status(), "; --layer draws a part, --dot writes text");
    if (absl::Status s = add("svg", flags.svg(), *svg); !s.ok()) return s;
  }
  const bool print = flags.has_dot() ? flags.dot() == "-" : !flags.has_svg();
  if (flags.has_dot() && !print) {
    if (absl::Status s = add("dot", flags.dot(), *dot); !s.ok()) return s;
  }
  for (const auto& [flag, file] : files) {
    if (absl::Status s = file->Commit(); !s.ok()) {
      return Named(flag, s, ", expected a file that can be written");
    }
  }
  if (print) std::fputs(dot->c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::DrawGraphFlags flags;
  return hairpin::RunProgram("draw_graph", hairpin::kUsage,
                             hairpin::WithModelFlags(hairpin::kFlags, hairpin::kMore), argc, argv,
                             &flags,
                             [&](const std::vector<std::string>& arguments) {
                               return hairpin::DrawGraph(flags, arguments);
                             });
}
