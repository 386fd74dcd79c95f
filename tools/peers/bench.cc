#include "tools/peers/bench.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/peers/process.h"

namespace hairpin {

std::vector<double> Measured::Values(const char* key) const {
  std::vector<double> values;
  for (const nlohmann::json& answer : answers) values.push_back(answer.at(key));
  return values;
}

Entry Measured::ToEntry(std::vector<double> values) const {
  return {contender.program, contender.detail, std::move(values), resident_bytes};
}

absl::StatusOr<Bench> Bench::Create(int repetitions, Progress* progress) {
  std::error_code error;
  std::string folder = std::filesystem::temp_directory_path(error) / "hairpin_compare.XXXXXX";
  if (error || mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(error ? error.value() : errno,
                               "cannot make a folder for temporary files");
  }
  return Bench(repetitions, progress, std::move(folder));
}

Bench::Bench(Bench&& other) noexcept
    : repetitions_(other.repetitions_),
      progress_(other.progress_),
      folder_(std::exchange(other.folder_, "")) {}

Bench::~Bench() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<std::vector<Measured>> Bench::Run(const std::string& what,
                                                 const std::vector<Contender>& contenders,
                                                 const std::string& task) {
  const std::string path = Path("task.json");
  std::ofstream file(path, std::ios::binary);
  if (!(file << task << std::flush)) {
    return absl::DataLossError(absl::StrCat(path, ": cannot write, expected room for a task"));
  }
  std::vector<Measured> all;
  for (const Contender& contender : contenders) all.push_back({contender, {}, {}});
  for (int i = 1; i <= repetitions_; ++i) {
    for (Measured& measured : all) {
      if (absl::Status s = RunOnce(what, i, path, &measured); !s.ok()) return s;
    }
  }
  return all;
}

void Bench::Tell(const std::string& what, int repetition, const Contender& contender) {
  progress_->Update("%s: %d of %d, %s %s", what.c_str(), repetition, repetitions_,
                    contender.program.c_str(), contender.detail.c_str());
}

absl::Status Bench::RunOnce(const std::string& what, int repetition, const std::string& task_path,
                            Measured* measured) {
  const Contender& contender = measured->contender;
  Tell(what, repetition, contender);
  std::vector<std::string> command = contender.command;
  command.push_back(task_path);
  const absl::StatusOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) {
    return absl::Status(result.status().code(),
                        absl::StrCat(what, ", ", contender.program, ": ",
                                     std::string(result.status().message())));
  }
  nlohmann::json answer = nlohmann::json::parse(result->standard_output, nullptr, false);
  if (!answer.is_object()) {
    return absl::InternalError(absl::StrCat(what, ", ", contender.program, ": found '",
                                            result->standard_output, "', expected JSON"));
  }
  measured->answers.push_back(std::move(answer));
  measured->resident_bytes.push_back(static_cast<double>(result->resident_peak_bytes));
  return absl::OkStatus();
}

}  // namespace hairpin
