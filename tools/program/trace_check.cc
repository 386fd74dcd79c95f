#include "tools/program/trace_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tools/training/flags.h"
#include "tools/training/output_paths.h"
#include "tools/training/program_settings.h"
#include "tools/training/training_settings.h"

namespace hairpin {

absl::Status CheckTrace(TrainingProgram& program, const RunFolder& folder) {
  const TrainingSettings settings = CommonSettings(program.settings());
  if (!settings.has_trace()) return absl::OkStatus();
  std::vector<NamedPath> inputs;
  for (const std::string& flag : program.rules().paths) {
    if (flag == "trace") continue;
    for (std::string& path : SplitPaths(FlagText(flag, program.settings()))) {
      inputs.push_back({absl::StrCat("--", flag), std::move(path)});
    }
  }
  for (std::string& path : program.DataFiles()) inputs.push_back({"the data", std::move(path)});
  const absl::Status apart =
      CheckOutputs({{"--trace", settings.trace()}}, inputs, {"--out_dir", folder.path()});
  if (!apart.ok()) return apart;
  const auto writer =
      AtomicFileWriter::Create(settings.trace(), AtomicFileWriter::Temporary::kFree);
  return ForFlag("--trace", writer.status());
}

}  // namespace hairpin
