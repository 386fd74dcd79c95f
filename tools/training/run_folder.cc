#include "tools/training/run_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

constexpr char kDamaged[] = ".damaged";  // of a checkpoint that was set aside
constexpr int64_t kMaxRunBytes = int64_t{16} << 20;

bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

std::string RunFile(const std::string& folder) { return folder + "/run.textproto"; }

// The last line of run.textproto, a comment to protobuf.
constexpr char kSeal[] = "# CRC-32C: ";
constexpr char kNoSeal[] = "none";  // in its place

std::string Seal(std::string_view text) {
  return absl::StrFormat("%08x", Crc32c(text.data(), text.size()));
}

// What is wrong with the last line, if anything is.
std::string SealError(std::string_view text) {
  constexpr std::string_view kMark = kSeal;
  const size_t at = text.rfind(kMark);
  const bool begins_line = at == 0 || (at != std::string_view::npos && text[at - 1] == '\n');
  if (!begins_line || !text.ends_with('\n')) {
    return absl::StrCat("found no checksum as its last line, expected '", kSeal,
                        "' and that of the lines above, or '", kSeal, kNoSeal,
                        "' where it was written by hand");
  }
  std::string_view found = text.substr(at + kMark.size());
  found.remove_suffix(1);
  const std::string expected = Seal(text.substr(0, at));
  if (found == expected || found == kNoSeal) return "";
  return absl::StrCat("found the checksum ", std::string(found), " as its last line, expected ",
                      expected, ", or ", kNoSeal, " where it was changed by hand");
}

// Paths of all that is in a folder; nothing where there is none.
absl::StatusOr<std::vector<std::string>> PathsIn(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    paths.push_back(entry->path().string());
  }
  if (!error || error == std::errc::no_such_file_or_directory) return paths;
  return FileError(error.value(), folder, "read the folder");
}

// The files "step-<number><suffix>" of a run, the newest first.
absl::StatusOr<std::vector<std::string>> NewestFirst(const std::string& folder,
                                                     std::string_view suffix) {
  constexpr std::string_view kStep = "step-";
  const absl::StatusOr<std::vector<std::string>> all = PathsIn(folder + "/checkpoints");
  if (!all.ok()) return all.status();
  std::vector<std::string> found;
  for (const std::string& path : *all) {
    std::string_view name = path;
    name.remove_prefix(name.rfind('/') + 1);
    if (!name.starts_with(kStep) || !name.ends_with(suffix)) continue;
    name.remove_prefix(kStep.size());
    name.remove_suffix(std::min(suffix.size(), name.size()));
    if (name.empty() || name.find_first_not_of("0123456789") != name.npos) continue;
    found.push_back(path);
  }
  // By number: step-1000000 is newer than step-999999.
  std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a > b;
  });
  return found;
}

absl::Status Remove(const std::string& path) {
  if (Files().Unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return FileError(errno, path, "be removed");
}

// Keeps the first error, which protobuf would print by itself.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat(line + 1, ":", column + 1, ": found '", message, "'");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

absl::Status RunFolder::RequireRun() const {
  struct stat status;
  if (stat(RunFile(path_).c_str(), &status) == 0) return absl::OkStatus();
  if (errno != ENOENT && errno != ENOTDIR) return FileError(errno, RunFile(path_), "look at");
  return absl::NotFoundError(
      absl::StrCat(path_, ": found no run.textproto, expected a run folder"));
}

absl::Status RunFolder::RequireProgram(const Run& run, const std::string& program) const {
  const std::string found = run.program().empty() ? "train_mlm" : run.program();
  if (found == program) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--run: ", path_, ": found a run of ", found,
                                                 ", expected one of ", program));
}

absl::Status RunFolder::MakeFolders() const {
  if (absl::Status s = CheckHeld(); !s.ok()) return s;
  return CreateFolders(path_ + "/checkpoints");
}

absl::Status RunFolder::MakeTokensFolder() const {
  if (absl::Status s = CheckHeld(); !s.ok()) return s;
  return CreateFolders(path_ + "/tokens");
}

std::vector<std::string> RunFolder::Parts() const {
  std::vector<std::string> parts = {RunFile(path_), vocabulary(), metrics()};
  for (const char* name : {"tokens", "checkpoints", "characters.txt", "table.textproto",
                           "border.svg", "samples.png", "interpolations.png"}) {
    parts.push_back(absl::StrCat(path_, "/", name));
  }
  return parts;
}

std::string RunFolder::checkpoint(int64_t step) const {
  return absl::StrFormat("%s/checkpoints/step-%06d", path_, step);
}

absl::Status RunFolder::WriteRun(const Run& run) const {
  if (absl::Status s = CheckHeld(); !s.ok()) return s;
  std::string text;
  google::protobuf::TextFormat::PrintToString(run, &text);
  return WriteFileAtomically(RunFile(path_), absl::StrCat(text, kSeal, Seal(text), "\n"));
}

absl::StatusOr<Run> RunFolder::ReadRun() const {
  absl::StatusOr<std::string> text = ReadFile(RunFile(path_), kMaxRunBytes);
  if (!text.ok()) return text.status();
  Run run;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(*text, &run)) {
    return absl::DataLossError(absl::StrCat(RunFile(path_), ":", error.text(),
                                            ", expected a run in protobuf's text format"));
  }
  if (const std::string wrong = SealError(*text); !wrong.empty()) {
    const auto lines = std::count(text->begin(), text->end(), '\n');
    return absl::DataLossError(absl::StrCat(RunFile(path_), ":", lines, ": ", wrong));
  }
  return run;
}

absl::StatusOr<std::vector<std::string>> RunFolder::Checkpoints() const {
  return NewestFirst(path_, "");
}

absl::Status RunFolder::SetAside(const std::string& checkpoint) {
  if (Files().Rename(checkpoint.c_str(), (checkpoint + kDamaged).c_str()) == 0) {
    return absl::OkStatus();
  }
  return FileError(errno, checkpoint, absl::StrCat("be renamed to *", kDamaged));
}

void RunFolder::RemovePartialFiles() const {
  std::vector<std::string> partial;  // others may have files in the folder itself
  for (const std::string& part : Parts()) {
    partial.push_back(part + ".partial");
  }
  for (const char* folder : {"/tokens", "/checkpoints"}) {
    const auto paths = PathsIn(path_ + folder);
    if (!paths.ok()) continue;  // who needs what is in it says so
    for (const std::string& path : *paths) {
      if (path.ends_with(".partial")) partial.push_back(path);
    }
  }
  for (const std::string& path : partial) {
    if (const absl::Status s = RemovePartialFile(path); !s.ok()) {
      std::fprintf(stderr, "warning: %s\n", std::string(s.message()).c_str());
    }
  }
}

std::vector<std::string> RunFolder::RemoveOldCheckpoints(int keep,
                                                         const std::string& newest) const {
  const absl::StatusOr<std::vector<std::string>> all = Checkpoints();
  if (!all.ok()) return {std::string(all.status().message())};
  std::vector<std::string> removed =
      NewestFirst(path_, kDamaged).value_or(std::vector<std::string>());
  if (!removed.empty()) removed.erase(removed.begin());
  const auto first = newest.empty() ? all->begin() : std::find(all->begin(), all->end(), newest);
  if (all->end() - first > keep) removed.insert(removed.end(), first + keep, all->end());
  std::vector<std::string> errors;
  for (const std::string& path : removed) {
    if (const absl::Status s = Remove(path); !s.ok()) errors.emplace_back(s.message());
  }
  return errors;
}

std::string DefaultRunPath(int number) {
  const std::time_t now = std::time(nullptr);
  char name[64];
  std::tm local;
  localtime_r(&now, &local);
  std::strftime(name, sizeof(name), "runs/%Y%m%d-%H%M%S", &local);
  return number == 1 ? name : absl::StrCat(name, "-", number);
}

std::string FindRunfile(const std::string& name, const std::string& program) {
  std::vector<std::string> roots;
  for (const char* variable : {"RUNFILES_DIR", "TEST_SRCDIR"}) {
    if (const char* root = std::getenv(variable)) roots.push_back(root);
  }
  if (!program.empty()) roots.push_back(program + ".runfiles");
  // Where the program was found through $PATH, its name is not its path.
  std::error_code ignored;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", ignored);
  roots.push_back(executable.string() + ".runfiles");
  roots.push_back("..");  // bazel run starts programs in <runfiles>/hairpin
  for (const std::string& root : roots) {
    if (Exists(root + "/" + name)) return root + "/" + name;
  }
  return "";
}

}  // namespace hairpin
