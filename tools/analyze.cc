// Takes a model's training step apart before it is run: `bazel run //tools:analyze -- --help`.
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "ops/kernels/machine_peak.h"
#include "tensor/thread_pool.h"
#include "tools/analysis/analysis_report.h"
#include "tools/analysis/model_flags.h"
#include "tools/analysis/policy_comparison.h"
#include "tools/analysis/roofline.h"
#include "tools/analysis/step_analysis.h"
#include "tools/analysis/step_measurement.h"
#include "tools/analysis/svg_step.h"
#include "tools/tools.pb.h"
#include "tools/training/checkpointing.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/flags.h"
#include "tools/training/mlm_memory.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/output_file.h"
#include "tools/training/output_paths.h"
#include "tools/training/threads.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Says what a training step of a Mini-BERT takes before it is run: parameters, shapes,\n"
    "operations and bytes by layer, and memory by purpose. With --measure it runs ten steps on\n"
    "random ids and says what they took. The model's flags are train_mlm's. With\n"
    "--checkpointing=all_policies it compares what each policy saves and costs. Examples:\n"
    "  analyze --layers=6 --measure --svg=six_layers.svg\n"
    "  analyze --checkpointing=all_policies --measure\n";
constexpr FlagSpec kFlags[] = {
    {"Analysis", "measure", "false",
     "run ten steps; exit code 1 if their memory is not what was predicted"},
    {"Analysis", "json", "false", "one JSON object instead of tables"},
    {"Analysis", "checkpointing", "none", "train_mlm's, or all_policies: each of them compared"},
    {"Analysis", "svg", "[none]", "file for a picture: time by operation, memory over a step"},
    {"Analysis", "roofline", "[none]",
     "with --measure, file for a picture: how fast operations run beside what the machine allows"},
};
constexpr std::string_view kMore[] = {"accumulation", "threads"};
constexpr int kMeasuredSteps = 10;
constexpr char kAllPolicies[] = "all_policies";
constexpr int kRounds = 5;  // of each policy, with --measure

void Print(const std::string& text) { std::fputs(text.c_str(), stdout); }

absl::Status AnalyzePolicies(const AnalyzeFlags& flags, const TrainMlmSettings& settings,
                             const MiniBertConfig& config, OutputFile* svg) {
  const auto rows = ComparePolicies(settings, config, flags.measure() ? kRounds : 0);
  if (!rows.ok()) return rows.status();
  TrainMlmSettings all = settings;
  all.set_checkpointing(kAllPolicies);
  nlohmann::ordered_json json = {{"settings", SettingsJson(all)},
                                 {"parameters", CountParameters(config)}};
  json.update(PoliciesJson(*rows));
  if (absl::Status s = svg->Write([&] { return DrawPolicies(*rows); }); !s.ok()) return s;
  Print(flags.json() ? json.dump(2) + "\n" : SettingsText(all) + PoliciesText(*rows));
  return absl::OkStatus();
}

absl::Status Analyze(const AnalyzeFlags& flags) {
  TrainMlmSettings settings = flags.model();
  const bool all_policies = settings.checkpointing() == kAllPolicies;
  if (!flags.roofline().empty() && (all_policies || !flags.measure())) {
    return absl::InvalidArgumentError(
        "--roofline: found no measured step, expected --measure and one policy of checkpointing");
  }
  if (all_policies) settings.clear_checkpointing();
  if (settings.has_checkpointing()) {
    const absl::Status status = CheckCheckpointing(settings.checkpointing(), " or all_policies");
    if (!status.ok()) return status;
  }
  if (absl::Status s = ResolveSettings(&settings); !s.ok()) return s;
  const MiniBertConfig config = ConfigOf(settings, settings.vocab_size());
  if (absl::Status s = ValidateConfig(config); !s.ok()) return s;
  if (absl::Status s = CheckCountable(settings); !s.ok()) return s;
  if (const std::string note = StartThreads(settings.threads()); !note.empty()) {
    std::fprintf(stderr, "%s\n", note.c_str());
  }
  settings.set_threads(NumThreads());
  if (flags.measure()) {
    if (absl::Status s = PrepareMemory(settings, config); !s.ok()) return s;
  }
  const absl::Status apart = CheckOutputs(
      {{"--svg", UserPath(flags.svg())}, {"--roofline", UserPath(flags.roofline())}}, {});
  if (!apart.ok()) return apart;
  OutputFile svg("svg"), roofline("roofline");
  if (absl::Status s = svg.Open(flags.svg()); !s.ok()) return s;
  if (absl::Status s = roofline.Open(flags.roofline()); !s.ok()) return s;
  if (all_policies) return AnalyzePolicies(flags, settings, config, &svg);
  const absl::StatusOr<Checkpointing> checkpointing =
      PlanCheckpointing(settings.checkpointing(), settings, config);
  if (!checkpointing.ok()) return checkpointing.status();
  const StepAnalysis step = AnalyzeStep(settings, config, checkpointing->policy());
  std::optional<StepMeasurement> measured;
  if (flags.measure()) {
    absl::StatusOr<StepMeasurement> steps =
        MeasureSteps(settings, config, kMeasuredSteps, checkpointing->policy());
    if (!steps.ok()) return steps.status();
    measured = *std::move(steps);
  }
  // Last: its own memory must not count in the resident peak.
  const MachinePeak machine = flags.roofline().empty() ? MeasureMultiplyAdds(NumThreads())
                                                       : MeasureMachinePeak(NumThreads(), 0.3);
  const AnalysisReport report = {settings, step, measured ? &*measured : nullptr, machine};
  if (absl::Status s = svg.Write([&] { return DrawStep(report); }); !s.ok()) return s;
  if (absl::Status s = roofline.Write([&] { return DrawRoofline(report); }); !s.ok()) return s;
  Print(flags.json() ? ReportJson(report).dump(2) + "\n" : ReportText(report));
  return measured ? CheckBytes(step.predicted, measured->bytes) : absl::OkStatus();
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::AnalyzeFlags flags;
  return hairpin::RunProgram(
      "analyze", hairpin::kUsage, hairpin::WithModelFlags(hairpin::kFlags, hairpin::kMore), argc,
      argv, &flags, [&](const std::vector<std::string>& arguments) -> absl::Status {
        if (!arguments.empty()) {
          return absl::InvalidArgumentError(
              absl::StrCat("found the argument '", arguments[0], "', expected only flags"));
        }
        return hairpin::Analyze(flags);
      });
}
