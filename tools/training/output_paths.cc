#include "tools/training/output_paths.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tools/training/run_folder.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

// As far as it is there without links and dots. What can't be looked at can't be written either.
fs::path Resolved(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  const fs::path resolved = fs::weakly_canonical(absolute, error);
  const fs::path found = error ? absolute.lexically_normal() : resolved;
  return found.has_filename() ? found : found.parent_path();  // "a/" is a
}

// equivalent: two names of one file that are no links, as `ln` makes.
bool Same(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a == b || fs::equivalent(a, b, error);
}

// Whether `path` is `folder` or lies in it.
bool Within(fs::path path, const fs::path& folder) {
  for (;; path = path.parent_path()) {
    if (Same(path, folder)) return true;
    if (path == path.parent_path()) return false;
  }
}

// The parts of a run.
void AddParts(const std::string& flag, const std::string& run, std::vector<NamedPath>* files) {
  for (const std::string& part : RunFolder(run).Parts()) files->push_back({flag, part});
}

// The run that `path` lies in, "" where it lies in none.
std::string RunAround(fs::path path) {
  while (path != path.parent_path()) {
    path = path.parent_path();
    if (RunFolder(path.string()).RequireRun().ok()) return path.string();
  }
  return "";
}

bool IsFile(const NamedPath& named) { return !named.path.empty() && named.path != "-"; }

}  // namespace

absl::Status CheckOutputs(const std::vector<NamedPath>& outputs,
                          const std::vector<NamedPath>& inputs, const NamedPath& run) {
  std::vector<NamedPath> files;
  for (const NamedPath& input : inputs) {
    std::error_code error;
    if (fs::is_directory(input.path, error) && RunFolder(input.path).RequireRun().ok()) {
      AddParts(input.flag, input.path, &files);
    } else {
      files.push_back(input);
    }
  }
  if (IsFile(run)) AddParts(run.flag, run.path, &files);
  for (const NamedPath& output : outputs) {
    if (!IsFile(output)) continue;
    const fs::path written = Resolved(output.path);
    std::vector<NamedPath> taken = files;
    if (const std::string around = RunAround(written); !around.empty()) {
      AddParts("a run", around, &taken);
    }
    for (const NamedPath& file : taken) {
      if (!IsFile(file)) continue;
      const fs::path read = Resolved(file.path);
      // A folder that is there can't be written to anyway; a file in its place could.
      std::error_code error;
      const bool may_hold = !fs::is_directory(written, error);
      if (!Within(written, read) && !(may_hold && Within(read, written))) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(output.flag, ": ", output.path, ": found it in use for ", file.flag, " (",
                       file.path, "), expected a file of its own"));
    }
    files.push_back(output);
  }
  return absl::OkStatus();
}

}  // namespace hairpin
