#include "tools/training/flags.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/training/out_of_memory.h"
#include "tools/training/standard_files.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The field of `settings` that holds a message with the field `name`; null where
// `settings` has it itself.
const FieldDescriptor* HolderField(const std::string& name, const Message& settings) {
  const auto& descriptor = *settings.GetDescriptor();
  if (descriptor.FindFieldByName(name) != nullptr) return nullptr;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->message_type()->FindFieldByName(name) != nullptr) return field;
  }
  return nullptr;
}

// The message that has the field `name`: `settings` or one that it holds.
const Message& HolderOf(const std::string& name, const Message& settings) {
  const FieldDescriptor* field = HolderField(name, settings);
  return field == nullptr ? settings : settings.GetReflection()->GetMessage(settings, field);
}

const FieldDescriptor* FieldOf(const std::string& name, const Message& settings) {
  return HolderOf(name, settings).GetDescriptor()->FindFieldByName(name);
}

constexpr char kBoolean[] = "true or false";

// With as many digits as give the same bits again.
std::string DoubleText(double number) {
  const std::string text = absl::StrFormat("%.15g", number);
  double again;
  return absl::SimpleAtod(text, &again) && again == number ? text
                                                           : absl::StrFormat("%.17g", number);
}

absl::Status Wrong(const std::string& flag, const std::string& found,
                   const std::string& expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": found '", found, "', expected ", expected));
}

std::string Range(const FlagSpec& flag, const char* what) {
  return absl::StrFormat("%s from %.15g to %.15g", what, flag.least, flag.most);
}

const FlagSpec* Find(absl::Span<const FlagSpec> flags, const std::string& name) {
  for (const FlagSpec& flag : flags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

}  // namespace

bool IsFlagSet(const std::string& name, const Message& all_settings) {
  const Message& settings = HolderOf(name, all_settings);
  return settings.GetReflection()->HasField(settings, FieldOf(name, settings));
}

void ClearFlag(const std::string& name, Message* settings) {
  if (const FieldDescriptor* holder = HolderField(name, *settings); holder != nullptr) {
    settings = settings->GetReflection()->MutableMessage(settings, holder);
  }
  settings->GetReflection()->ClearField(settings, FieldOf(name, *settings));
}

absl::Status ForFlag(const char* flag, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(flag, ": ", std::string(status.message())));
}

absl::Status ForField(absl::Span<const FlagSpec> flags, const char* other,
                      const absl::Status& status) {
  if (status.ok()) return status;
  const std::string message(status.message());
  const std::string field = message.substr(0, message.find(':'));
  for (const FlagSpec& flag : flags) {
    if (field == flag.name) return absl::Status(status.code(), absl::StrCat("--", message));
  }
  return ForFlag(other, status);
}

absl::Status SetFlag(const FlagSpec& flag, const std::string& text, Message* settings) {
  if (const FieldDescriptor* holder = HolderField(flag.name, *settings); holder != nullptr) {
    settings = settings->GetReflection()->MutableMessage(settings, holder);
  }
  const FieldDescriptor* field = FieldOf(flag.name, *settings);
  const google::protobuf::Reflection& reflection = *settings->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value;
      if (!absl::SimpleAtob(text, &value)) return Wrong(flag.name, text, kBoolean);
      reflection.SetBool(settings, field, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      if (text.empty()) return Wrong(flag.name, text, "a value");
      reflection.SetString(settings, field, text);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value;
      // Written so that a NaN is refused.
      if (!absl::SimpleAtod(text, &value) || !(value >= flag.least && value <= flag.most)) {
        return Wrong(flag.name, text, Range(flag, "a number"));
      }
      reflection.SetDouble(settings, field, value);
      break;
    }
    default: {
      int64_t value;
      if (!absl::SimpleAtoi(text, &value) || value < flag.least || value > flag.most) {
        return Wrong(flag.name, text, Range(flag, "a whole number"));
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        reflection.SetInt32(settings, field, static_cast<int32_t>(value));
      } else {
        reflection.SetInt64(settings, field, value);
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ParsedFlags> ParseFlags(absl::Span<const FlagSpec> flags, int argc, char** argv,
                                       Message* settings) {
  ParsedFlags parsed;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      parsed.arguments.insert(parsed.arguments.end(), argv + i + 1, argv + argc);
      break;
    }
    if (argument == "-h") {
      parsed.help = true;
      continue;
    }
    if (argument.size() < 2 || argument.compare(0, 2, "--") != 0) {
      parsed.arguments.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (name == "help") {  // a boolean like others, but no setting
      const std::string text = equals == std::string::npos ? "true" : argument.substr(equals + 1);
      if (!absl::SimpleAtob(text, &parsed.help)) return Wrong(name, text, kBoolean);
      continue;
    }
    const FlagSpec* flag = Find(flags, name);
    const bool negated = flag == nullptr && name.compare(0, 2, "no") == 0;
    if (negated) flag = Find(flags, name.substr(2));
    if (flag == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, ": found an unknown flag, expected one that --help lists"));
    }
    const bool boolean =
        FieldOf(flag->name, *settings)->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    if (negated && (!boolean || equals != std::string::npos)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, ": found an unknown flag, expected one that --help lists"));
    }
    std::string text;
    if (equals != std::string::npos) {
      text = argument.substr(equals + 1);
    } else if (boolean) {
      text = negated ? "false" : "true";
    } else if (i + 1 < argc) {
      text = argv[++i];
    } else {
      return Wrong(flag->name, "", "a value");
    }
    if (absl::Status s = SetFlag(*flag, text, settings); !s.ok()) return s;
  }
  return parsed;
}

absl::Status CheckFlags(absl::Span<const FlagSpec> flags, const Message& settings) {
  const std::unique_ptr<Message> copy(settings.New());
  for (const FlagSpec& flag : flags) {
    if (!IsFlagSet(flag.name, settings)) continue;
    absl::Status s = SetFlag(flag, FlagText(flag.name, settings), copy.get());
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

void SetDefaults(absl::Span<const FlagSpec> flags, Message* settings) {
  for (const FlagSpec& flag : flags) {
    if (flag.default_text[0] == '[') continue;
    if (!FlagText(flag.name, *settings).empty()) continue;
    (void)SetFlag(flag, flag.default_text, settings);
  }
}

std::string FlagText(const std::string& name, const Message& all_settings) {
  if (!IsFlagSet(name, all_settings)) return "";
  const Message& settings = HolderOf(name, all_settings);
  const FieldDescriptor* field = FieldOf(name, settings);
  const google::protobuf::Reflection& reflection = *settings.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(settings, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_STRING: return reflection.GetString(settings, field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return DoubleText(reflection.GetDouble(settings, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(settings, field));
    default: return absl::StrCat(reflection.GetInt64(settings, field));
  }
}

std::string FlagHelp(const std::string& usage, absl::Span<const FlagSpec> flags) {
  std::string help = usage;
  std::string group;
  for (const FlagSpec& flag : flags) {
    if (group != flag.group) {
      group = flag.group;
      absl::StrAppend(&help, "\n", group, "\n");
    }
    // Brackets mark a default that is described, not parsed.
    std::string default_text = flag.default_text;
    if (default_text.front() == '[') default_text = default_text.substr(1, default_text.size() - 2);
    absl::StrAppendFormat(&help, "  --%-20s %s (%s)\n", flag.name, flag.help, default_text);
  }
  return help;
}

int RunProgram(const char* program, const char* usage, absl::Span<const FlagSpec> flags, int argc,
               char** argv, Message* settings,
               const std::function<absl::Status(const std::vector<std::string>&)>& run) {
  OpenStandardFiles();
  EndWithoutMemory(program);
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags(flags, argc, argv, settings);
  absl::Status status = parsed.status();
  if (parsed.ok() && parsed->help) {
    std::fputs(FlagHelp(usage, flags).c_str(), stdout);
  } else if (parsed.ok()) {
    status = run(parsed->arguments);
  }
  if (const absl::Status flushed = FlushOutput(); status.ok()) status = flushed;
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", program, EscapeControls(std::string(status.message())).c_str());
  return absl::IsCancelled(status) && StopAsked() ? StopExitCode() : 1;
}

std::string UserPath(const std::string& path) {
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (directory == nullptr || path.empty() || path[0] == '/' || path == "-") return path;
  return absl::StrCat(directory, "/", path);
}

}  // namespace hairpin
