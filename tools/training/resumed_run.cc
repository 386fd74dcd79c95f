#include "tools/training/resumed_run.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"
#include "tools/training/mlm_settings.h"

namespace hairpin {
namespace {

// A vocabulary that is given or trained from few words has fewer tokens than may be
// wished for, and a given one may have more.
constexpr int32_t kLeastTokens = 6;

absl::Status CheckFlagsOf(TrainMlmSettings settings) {
  if (settings.vocab_size() >= kLeastTokens) settings.clear_vocab_size();
  return CheckFlags(TrainMlmFlags(), settings);
}

}  // namespace

absl::StatusOr<ResumedRun> ReadResumedRun(const RunFolder& folder, const TrainMlmSettings& given) {
  absl::StatusOr<Run> read = folder.ReadRun();
  if (!read.ok()) return read.status();
  const auto in_file = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(folder.path(), "/run.textproto: ",
                                                    std::string(status.message())));
  };
  ResumedRun resumed = {.run = *std::move(read), .settings = {}};
  Run& run = resumed.run;
  if (!run.has_given() && !run.has_settings()) {
    return in_file(
        absl::DataLossError("found neither 'given' nor 'settings', expected those of a run"));
  }
  for (const TrainMlmSettings* settings : {&run.given(), &run.settings()}) {
    if (absl::Status s = CheckFlagsOf(*settings); !s.ok()) return in_file(s);
  }
  if (!run.has_settings()) {  // it ended before its settings were known
    run.mutable_settings()->CopyFrom(run.given());
    MakePathsAbsolute(run.working_directory(), run.mutable_settings());
  }
  if (absl::Status s = ResolveSettings(run.mutable_settings()); !s.ok()) return in_file(s);
  if (absl::Status s = CheckResumeFlags(given, run); !s.ok()) return s;
  resumed.settings = run.settings();
  resumed.settings.clear_trace();  // the trace that the run began with is not this one's
  ApplyHarmlessFlags(given, &resumed.settings);
  return resumed;
}

std::optional<TrainingPosition> FindEnd(const RunFolder& folder, int64_t steps) {
  for (const std::string& path : folder.Checkpoints()) {
    const absl::StatusOr<TrainingPosition> position = ReadPosition(path);
    if (!position.ok()) continue;
    if (position->step < steps) return std::nullopt;
    if (nn::VerifyCheckpoint(path).ok()) return *position;
  }
  return std::nullopt;
}

}  // namespace hairpin
