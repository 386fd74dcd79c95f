// Flags of a program as the fields of one message.
//
//   static constexpr FlagSpec kFlags[] = {
//       {"Model", "layers", "3", "encoder layers", 1, 1000}, ...};
//   TrainMlmSettings given;
//   absl::StatusOr<ParsedFlags> parsed = ParseFlags(kFlags, argc, argv, &given);
//
// Each flag is an `optional` field of the same name, of the message or of one that
// it holds (tools/analysis/model_flags.h), so what was given is known apart from
// defaults, and is written and compared as text by protobuf. Accepted:
// --name=value, --name value; for booleans also --name and --noname. `--help`, a
// boolean too, prints exactly the flags of the table, by groups.
#ifndef HAIRPIN_TOOLS_TRAINING_FLAGS_H_
#define HAIRPIN_TOOLS_TRAINING_FLAGS_H_

#include <functional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace hairpin {

struct FlagSpec {
  const char* group;
  const char* name;     // of the flag and of the message's field
  const char* default_text;  // as --help shows it; parsed by SetDefaults unless it is in brackets
  const char* help;     // one line, with the unit
  // For numbers: the smallest and largest value that is accepted.
  double least = 0;
  double most = 0;
};

struct ParsedFlags {
  bool help = false;
  std::vector<std::string> arguments;  // what is no flag
};

// InvalidArgument naming the flag, what was found and expected: an unknown flag,
// a word for a number, a number out of range, NaN.
absl::StatusOr<ParsedFlags> ParseFlags(absl::Span<const FlagSpec> flags, int argc, char** argv,
                                       google::protobuf::Message* settings);

// Sets one flag from text, as on the command line.
absl::Status SetFlag(const FlagSpec& flag, const std::string& text,
                     google::protobuf::Message* settings);

// Whether every flag that is set could have been given: for settings from a file.
absl::Status CheckFlags(absl::Span<const FlagSpec> flags,
                        const google::protobuf::Message& settings);

// Every flag that is not set gets its default, but for those whose default
// stands in brackets: "[train it]".
void SetDefaults(absl::Span<const FlagSpec> flags, google::protobuf::Message* settings);

// The value of a field as text, as it would be given; "" where it is not set.
std::string FlagText(const std::string& name, const google::protobuf::Message& settings);

// Whether a flag is set, be it to "".
bool IsFlagSet(const std::string& name, const google::protobuf::Message& settings);
void ClearFlag(const std::string& name, google::protobuf::Message* settings);

// The error of what the flag named: "--data: penguins.csv: cannot open". OK stays OK.
absl::Status ForFlag(const char* flag, const absl::Status& status);

// The error of a model's config, whose message begins with the field ("heads: found 0, ..."), for
// users: "--heads: found 0, ...", where that is a flag; else it is what `other` made of it:
// "--data: classes: found 1, ...". OK stays OK.
absl::Status ForField(absl::Span<const FlagSpec> flags, const char* other,
                      const absl::Status& status);

// What --help prints.
std::string FlagHelp(const std::string& usage, absl::Span<const FlagSpec> flags);

// What main of every program does: reads the flags into `settings`, prints help
// where it is asked for, calls run(arguments) and turns its Status into an exit
// code: 0, or 1 with "<program>: <message>" on standard error, or 130 or 143 where a
// signal asked it to stop (stop.h) and run said CANCELLED. What can't be written
// to standard output is an error, too, and what the system gives no memory for
// (EndWithoutMemory). The message is one line (EscapeControls).
int RunProgram(const char* program, const char* usage, absl::Span<const FlagSpec> flags, int argc,
               char** argv, google::protobuf::Message* settings,
               const std::function<absl::Status(const std::vector<std::string>& arguments)>& run);

// `path` as the user meant it: relative to where he stands, also under `bazel
// run`, which starts programs elsewhere and says so in BUILD_WORKING_DIRECTORY. "-" stays.
std::string UserPath(const std::string& path);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_FLAGS_H_
