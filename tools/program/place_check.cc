#include "tools/program/place_check.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tools/training/flags.h"
#include "tools/training/output_paths.h"
#include "tools/training/program_settings.h"
#include "tools/training/run_hold.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

// Whether `file` is to lie in the folder of a run that isn't there yet.
bool InNewFolder(const std::string& file, const RunFolder& folder) {
  std::error_code error;
  const fs::path place = fs::path(file).parent_path();
  if (folder.path().empty() || fs::exists(place, error)) return false;
  const auto resolved = [&](const fs::path& path) {
    const fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
    return found.has_filename() ? found : found.parent_path();  // "run/" is run
  };
  return resolved(place) == resolved(folder.path());
}

}  // namespace

absl::Status CheckNewFolder(const TrainingSettings& settings, const RunFolder& folder,
                            const Run& run) {
  // Where none is, New would make one.
  if (!settings.has_out_dir() || !folder.RequireRun().ok()) return absl::OkStatus();
  absl::StatusOr<RunHold> hold = RunHold::New(folder, run);
  if (hold.ok()) hold->Undo();  // the run went away meanwhile
  return hold.status();
}

absl::Status CheckPlaces(TrainingProgram& program, const RunFolder& folder, bool resumed) {
  const TrainingSettings settings = CommonSettings(program.settings());
  std::vector<NamedPath> data;
  for (std::string& path : program.DataFiles()) data.push_back({"the data", std::move(path)});
  for (const NamedPath& input : data) {  // a run in a folder of data would change it
    std::error_code error;
    if (resumed || !fs::is_directory(input.path, error)) continue;
    const std::string place = folder.path().empty() ? UserPath("runs") : folder.path();
    if (absl::Status s = CheckOutputs({{"--out_dir", place}}, {input}); !s.ok()) return s;
  }
  if (!settings.has_trace()) return absl::OkStatus();
  if (settings.trace() == "-") {
    return absl::InvalidArgumentError("--trace: found '-', expected a file");
  }
  std::vector<NamedPath> inputs;
  for (const std::string& flag : program.rules().paths) {
    if (flag == "trace") continue;
    for (std::string& path : PathsOf(program.rules(), flag, program.settings())) {
      inputs.push_back({absl::StrCat("--", flag), std::move(path)});
    }
  }
  inputs.insert(inputs.end(), data.begin(), data.end());
  const absl::Status apart =
      CheckOutputs({{"--trace", settings.trace()}}, inputs, {"--out_dir", folder.path()});
  if (!apart.ok()) return apart;
  if (InNewFolder(settings.trace(), folder)) return absl::OkStatus();
  const auto writer =
      AtomicFileWriter::Create(settings.trace(), AtomicFileWriter::Temporary::kFree);
  return ForFlag("--trace", writer.status());
}

}  // namespace hairpin
