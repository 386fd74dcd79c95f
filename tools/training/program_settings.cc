#include "tools/training/program_settings.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/training/training_flags.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

using google::protobuf::Message;
using RunFlags = google::protobuf::RepeatedPtrField<RunFlag>;

bool IsMlm(const Message& settings) {
  return settings.GetDescriptor() == TrainMlmSettings::descriptor();
}

void Keep(const SettingsRules& rules, const Message& settings, RunFlags* kept) {
  kept->Clear();
  for (const FlagSpec& flag : rules.flags) {
    const std::string text = FlagText(flag.name, settings);
    if (text.empty()) continue;
    RunFlag* const one = kept->Add();
    one->set_name(flag.name);
    one->set_value(text);
  }
}

const FlagSpec* Find(const SettingsRules& rules, const std::string& name) {
  for (const FlagSpec& flag : rules.flags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

// Of a flag as it stands in a run's record.
absl::Status SetKept(const SettingsRules& rules, const std::string& name, const std::string& value,
                     Message* settings) {
  const FlagSpec* const found = Find(rules, name);
  if (found == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("found a flag '", name, "', expected those of ", rules.program));
  }
  FlagSpec flag = *found;
  if (name == rules.set_by_data) {
    flag.least = rules.least;
    flag.most = 1e18;
  }
  return SetFlag(flag, value, settings);
}

absl::StatusOr<bool> Read(const SettingsRules& rules, const Run& run, bool has_mlm,
                          const Message& mlm, const RunFlags& flags, Message* settings) {
  const std::string program = has_mlm ? "train_mlm" : run.program();
  if (!has_mlm && program.empty()) return false;
  if (program != rules.program) {
    return absl::InvalidArgumentError(
        absl::StrCat("found a run of ", program, ", expected one of ", rules.program));
  }
  if (!has_mlm) {
    for (const RunFlag& flag : flags) {
      absl::Status s = SetKept(rules, flag.name(), flag.value(), settings);
      if (!s.ok()) return s;
    }
    return !flags.empty();
  }
  settings->CopyFrom(mlm);
  const std::unique_ptr<Message> ignored(settings->New());
  for (const FlagSpec& flag : rules.flags) {
    if (!IsFlagSet(flag.name, mlm)) continue;
    absl::Status s = SetKept(rules, flag.name, FlagText(flag.name, mlm), ignored.get());
    if (!s.ok()) return s;
  }
  return true;
}

// "a.txt,b\,c.txt" as a.txt and b,c.txt; nothing between two commas is nothing.
std::vector<std::string> SplitList(const std::string& list) {
  std::vector<std::string> names(1);
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '\\' && i + 1 < list.size() && list[i + 1] == ',') {
      names.back() += list[++i];
    } else if (list[i] == ',') {
      names.emplace_back();
    } else {
      names.back() += list[i];
    }
  }
  std::erase(names, "");
  return names;
}

std::string JoinList(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ",", [](std::string* out, const std::string& name) {
    out->append(absl::StrReplaceAll(name, {{",", "\\,"}}));
  });
}

bool IsList(const SettingsRules& rules, const std::string& flag) {
  return std::find(rules.lists.begin(), rules.lists.end(), flag) != rules.lists.end();
}

}  // namespace

void KeepGiven(const SettingsRules& rules, const Message& given, Run* run) {
  if (IsMlm(given)) {
    run->mutable_given()->CopyFrom(given);
    return;
  }
  run->set_program(rules.program);
  Keep(rules, given, run->mutable_given_flags());
}

void KeepSettings(const SettingsRules& rules, const Message& settings, Run* run) {
  if (IsMlm(settings)) {
    run->mutable_settings()->CopyFrom(settings);
    return;
  }
  run->set_program(rules.program);
  Keep(rules, settings, run->mutable_flags());
}

absl::StatusOr<bool> ReadGiven(const SettingsRules& rules, const Run& run, Message* given) {
  return Read(rules, run, run.has_given(), run.given(), run.given_flags(), given);
}

absl::StatusOr<bool> ReadSettings(const SettingsRules& rules, const Run& run, Message* settings) {
  return Read(rules, run, run.has_settings(), run.settings(), run.flags(), settings);
}

std::string UserFolder() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(UserPath("."), error);
  return error ? "" : folder.lexically_normal().string();
}

void MakePathsAbsolute(const SettingsRules& rules, const std::string& folder, Message* settings) {
  const auto absolute = [&](const std::string& path) {
    if (path == "-") return path;  // standard input is no file
    return (std::filesystem::path(folder) / path).lexically_normal().string();
  };
  for (const std::string& name : rules.paths) {
    std::string text = FlagText(name, *settings);
    if (text.empty()) continue;
    if (IsList(rules, name)) {
      std::vector<std::string> paths = SplitList(text);
      std::transform(paths.begin(), paths.end(), paths.begin(), absolute);
      text = JoinList(paths);
    } else {
      text = absolute(text);
    }
    // Only commas: what reads the files will say that there are none.
    if (!text.empty()) (void)SetFlag({"", name.c_str(), "", ""}, text, settings);
  }
}

std::vector<std::string> SplitPaths(const std::string& list) {
  std::vector<std::string> paths = SplitList(list);
  std::transform(paths.begin(), paths.end(), paths.begin(), UserPath);
  return paths;
}

std::vector<std::string> PathsOf(const SettingsRules& rules, const std::string& flag,
                                 const Message& settings) {
  const std::string text = FlagText(flag, settings);
  if (IsList(rules, flag)) return SplitPaths(text);
  return text.empty() ? std::vector<std::string>() : std::vector<std::string>{UserPath(text)};
}

absl::Status CheckResumeFlags(const SettingsRules& rules, const Message& flags, const Run& run) {
  const auto copy = [](const Message& message) {
    std::unique_ptr<Message> made(message.New());
    made->CopyFrom(message);
    return made;
  };
  const std::unique_ptr<Message> given = copy(flags), first(flags.New()), settings(flags.New());
  MakePathsAbsolute(rules, UserFolder(), given.get());
  // What data sets, as wished, before it did.
  absl::Status status = ReadGiven(rules, run, first.get()).status();
  if (status.ok()) status = rules.resolve(first.get());
  if (status.ok()) status = ReadSettings(rules, run, settings.get()).status();
  if (!status.ok()) return status;
  for (const FlagSpec& flag : rules.flags) {
    const std::string name = flag.name;
    if (name == "resume" || name == "out_dir" || IsHarmless(name)) continue;
    const std::string wanted = FlagText(name, *given), has = FlagText(name, *settings);
    if (wanted.empty() || wanted == has) continue;
    if (name == rules.set_by_data && wanted == FlagText(name, *first)) continue;
    if (name == "steps" && CommonSettings(*settings).schedule() == "constant") continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, ": found ", FlagText(name, flags), ", expected ",
                     has.empty() ? "none" : has,
                     " as in the run that --resume continues"));
  }
  return absl::OkStatus();
}

void ApplyHarmlessFlags(const SettingsRules& rules, const Message& given, Message* settings) {
  for (const FlagSpec& flag : rules.flags) {
    const std::string text = FlagText(flag.name, given);
    if (text.empty()) continue;
    if (IsHarmless(flag.name) || std::string(flag.name) == "steps") {
      (void)SetFlag(flag, text, settings);
    }
  }
}

}  // namespace hairpin
