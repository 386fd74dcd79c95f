#include "tools/training/resumed_run.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"
#include "tools/training/flags.h"

namespace hairpin {

absl::StatusOr<ResumedRun> ReadResumedRun(const SettingsRules& rules, const RunFolder& folder,
                                          const google::protobuf::Message& given) {
  absl::StatusOr<Run> read = folder.ReadRun();
  if (!read.ok()) return read.status();
  const auto in_file = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(folder.path(), "/run.textproto: ",
                                                    std::string(status.message())));
  };
  ResumedRun resumed = {.run = *std::move(read),
                        .settings = std::unique_ptr<google::protobuf::Message>(given.New())};
  const std::unique_ptr<google::protobuf::Message> first(given.New());
  const absl::StatusOr<bool> has_given = ReadGiven(rules, resumed.run, first.get());
  if (!has_given.ok()) return in_file(has_given.status());
  const absl::StatusOr<bool> has_settings =
      ReadSettings(rules, resumed.run, resumed.settings.get());
  if (!has_settings.ok()) return in_file(has_settings.status());
  if (!*has_given && !*has_settings && resumed.run.program().empty()) {
    return in_file(
        absl::DataLossError("found neither 'given' nor 'settings', expected those of a run"));
  }
  if (!*has_settings) {  // it ended before its settings were known
    resumed.settings->CopyFrom(*first);
    MakePathsAbsolute(rules, resumed.run.working_directory(), resumed.settings.get());
  }
  if (absl::Status s = rules.resolve(resumed.settings.get()); !s.ok()) return in_file(s);
  KeepSettings(rules, *resumed.settings, &resumed.run);
  if (absl::Status s = CheckResumeFlags(rules, given, resumed.run); !s.ok()) return s;
  // These were meant for the process that they were given to.
  ClearFlag("trace", resumed.settings.get());
  ClearFlag("ignore_data_change", resumed.settings.get());
  ApplyHarmlessFlags(rules, given, resumed.settings.get());
  return resumed;
}

std::optional<TrainingPosition> FindEnd(const RunFolder& folder, int64_t steps) {
  for (const std::string& path : folder.Checkpoints()) {
    const absl::StatusOr<TrainingPosition> position = ReadPosition(path);
    if (!position.ok()) continue;
    if (position->step < steps || position->state.evaluation_pending()) return std::nullopt;
    if (nn::VerifyCheckpoint(path).ok()) return *position;
  }
  return std::nullopt;
}

}  // namespace hairpin
