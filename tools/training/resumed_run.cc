#include "tools/training/resumed_run.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nn/checkpoint.h"
#include "tools/training/data_files.h"
#include "tools/training/flags.h"
#include "tools/training/training_flags.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

// Of flags that name data at another place than the run's: it takes the place of the old one in
// record and settings. A program that goes on from its own ids, whatever became of the text, has no
// use for another: such a flag is cleared. What is no data of the record, CheckResumeFlags judges.
absl::Status MoveData(const SettingsRules& rules, google::protobuf::Message* flags,
                      ResumedRun* resumed) {
  const std::unique_ptr<google::protobuf::Message> given(flags->New());
  given->CopyFrom(*flags);
  MakePathsAbsolute(rules, UserFolder(), given.get());
  const bool ignoring = FlagText("ignore_data_change", *given) == "true";
  for (const std::string& name : rules.paths) {
    const std::string from = FlagText(name, *resumed->settings), to = FlagText(name, *given);
    if (from.empty() || to.empty() || to == from || to == "-" || IsHarmless(name)) continue;
    const absl::Status moved =
        MoveDataFiles(PathsOf(rules, name, *resumed->settings), PathsOf(rules, name, *given),
                      ignoring && !rules.keeps_ids, &resumed->run);
    if (absl::IsNotFound(moved)) continue;
    if (absl::IsCancelled(moved)) return moved;
    if (!moved.ok() && ignoring && rules.keeps_ids) {
      ClearFlag(name, flags);
      continue;
    }
    if (!moved.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", name, ": found ", FlagText(name, *flags), ", expected ", from,
          " as in the run that --resume continues, or the same data elsewhere: ",
          std::string(moved.message())));
    }
    (void)SetFlag({"", name.c_str(), "", ""}, to, resumed->settings.get());
  }
  return absl::OkStatus();
}

// Whether a training that has come to `state` ends there, however many steps are left.
bool EndedEarly(const TrainingSettings& settings, const TrainingState& state) {
  if (settings.overfit_one_batch()) {
    return state.has_last_loss() && state.last_loss() < kLearntByHeart;
  }
  return settings.early_stopping() > 0 &&
         state.evaluations_since_best() >= settings.early_stopping();
}

// "--data", the flag that may name the new place of the file that `difference` of CheckDataFiles
// begins with; "": the file is there, or has no flag.
std::string FlagOfMissingData(const SettingsRules& rules, const google::protobuf::Message& settings,
                              const std::string& difference) {
  for (const std::string& name : rules.paths) {
    for (const std::string& path : PathsOf(rules, name, settings)) {
      std::error_code error;
      if (difference.rfind(absl::StrCat(path, ":"), 0) == 0 &&
          !std::filesystem::exists(path, error)) {
        return absl::StrCat("--", name);
      }
    }
  }
  return "";
}

}  // namespace

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
  if (*has_given) {
    const std::unique_ptr<google::protobuf::Message> valid(first->New());
    valid->CopyFrom(*first);
    if (absl::Status s = rules.resolve(valid.get()); !s.ok()) return in_file(s);
  }
  const absl::StatusOr<bool> has_settings =
      ReadSettings(rules, resumed.run, resumed.settings.get());
  if (!has_settings.ok()) return in_file(has_settings.status());
  if (!*has_given && !*has_settings && resumed.run.program().empty()) {
    return in_file(
        absl::DataLossError("found neither 'given' nor 'settings', expected those of a run"));
  }
  for (const DataFile& file : resumed.run.data()) {
    if (file.bytes() < 0) {
      return in_file(absl::DataLossError(absl::StrCat("data: ", file.path(), ": found ",
                                                      file.bytes(), " bytes, expected 0 or more")));
    }
  }
  if (!*has_settings) {  // it ended before its settings were known
    resumed.settings->CopyFrom(*first);
    MakePathsAbsolute(rules, resumed.run.working_directory(), resumed.settings.get());
  }
  if (absl::Status s = rules.resolve(resumed.settings.get()); !s.ok()) return in_file(s);
  const std::unique_ptr<google::protobuf::Message> taken(given.New());
  taken->CopyFrom(given);
  if (absl::Status s = MoveData(rules, taken.get(), &resumed); !s.ok()) return s;
  KeepSettings(rules, *resumed.settings, &resumed.run);
  if (absl::Status s = CheckResumeFlags(rules, *taken, resumed.run); !s.ok()) return s;
  // These were meant for the process that they were given to.
  ClearFlag("trace", resumed.settings.get());
  ClearFlag("ignore_data_change", resumed.settings.get());
  ApplyHarmlessFlags(rules, given, resumed.settings.get());
  return resumed;
}

absl::Status DataChanged(const SettingsRules& rules, const google::protobuf::Message& settings,
                         const absl::Status& difference) {
  const std::string change(difference.message());
  if (!absl::IsFailedPrecondition(difference)) {  // it may be as it was
    return absl::Status(difference.code(), absl::StrCat("--resume: ", change));
  }
  const std::string flag = FlagOfMissingData(rules, settings, change);
  return absl::Status(difference.code(),
                      absl::StrCat("--resume: ", change, ", as when the run began; ", flag,
                                   flag.empty() ? "" : " may say where it is now, ",
                                   "--ignore_data_change goes on"));
}

absl::StatusOr<std::optional<TrainingPosition>> FindEnd(const RunFolder& folder,
                                                        const TrainingSettings& settings) {
  const absl::StatusOr<std::vector<std::string>> checkpoints = folder.Checkpoints();
  if (!checkpoints.ok()) {
    return absl::Status(checkpoints.status().code(),
                        absl::StrCat("--resume: ", std::string(checkpoints.status().message())));
  }
  for (const std::string& path : *checkpoints) {
    const absl::StatusOr<TrainingPosition> position = ReadPosition(path);
    if (!position.ok()) continue;
    if (position->state.evaluation_pending()) break;
    if (position->step < settings.steps() && !EndedEarly(settings, position->state)) break;
    if (nn::VerifyCheckpoint(path).ok()) return *position;
  }
  return std::nullopt;
}

}  // namespace hairpin
