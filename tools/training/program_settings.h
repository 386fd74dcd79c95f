// What a program says of its settings, so that every program starts and resumes runs the same way.
//
//   const SettingsRules rules = {.program = "train_tabular", .flags = flags,
//                                .paths = {"data", "trace"}, .resolve = Resolve};
//   KeepGiven(given, rules, &run);                              // a start
//   absl::Status s = CheckResumeFlags(rules, given, run);       // a resume
#ifndef HAIRPIN_TOOLS_TRAINING_PROGRAM_SETTINGS_H_
#define HAIRPIN_TOOLS_TRAINING_PROGRAM_SETTINGS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/training/flags.h"
#include "tools/training/run.pb.h"

namespace hairpin {

struct SettingsRules {
  const char* program;  // its name
  absl::Span<const FlagSpec> flags;
  // Flags that name files, and those of them that name one or several (SplitPaths).
  std::vector<std::string> paths = {"trace"};
  std::vector<std::string> lists = {};
  // Whether --ignore_data_change goes on from the run's own ids, without its data.
  bool keeps_ids = false;
  // Defaults and checks; of resolved settings it changes nothing.
  std::function<absl::Status(google::protobuf::Message* settings)> resolve;
  // A flag whose value may become another one when the data is known, from `least` on; "": none.
  std::string set_by_data = "";
  double least = 0;
};

// The settings as given, and as resolved, go into the run's record: as flags by name, train_mlm's
// into messages of their own.
void KeepGiven(const SettingsRules& rules, const google::protobuf::Message& given, Run* run);
void KeepSettings(const SettingsRules& rules, const google::protobuf::Message& settings, Run* run);

// And out of it, into messages that are empty; false where the record has none. INVALID_ARGUMENT
// where a flag could not have been given, or the run is another program's.
absl::StatusOr<bool> ReadGiven(const SettingsRules& rules, const Run& run,
                               google::protobuf::Message* given);
absl::StatusOr<bool> ReadSettings(const SettingsRules& rules, const Run& run,
                                  google::protobuf::Message* settings);

// Relative files as absolute ones, seen from `folder`: a run is resumed from anywhere.
void MakePathsAbsolute(const SettingsRules& rules, const std::string& folder,
                       google::protobuf::Message* settings);

// Where the user stands; "" where that folder was removed, which only matters to relative paths.
std::string UserFolder();
// "a.txt,b.txt" as a list of paths as the user meant them. "\," is a comma of a name; a backslash
// before anything else is itself. So a name that ends in one can only be the last.
std::vector<std::string> SplitPaths(const std::string& list);
// The paths of a flag, absolute or as the user meant them; none where it is not set.
std::vector<std::string> PathsOf(const SettingsRules& rules, const std::string& flag,
                                 const google::protobuf::Message& settings);

// INVALID_ARGUMENT naming the flag and both values where a flag given with --resume contradicts the
// run, whose record has resolved settings.
absl::Status CheckResumeFlags(const SettingsRules& rules, const google::protobuf::Message& given,
                              const Run& run);

// The flags that change no bits take the given values.
void ApplyHarmlessFlags(const SettingsRules& rules, const google::protobuf::Message& given,
                        google::protobuf::Message* settings);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_PROGRAM_SETTINGS_H_
