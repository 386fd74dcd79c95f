#include "tools/peers/bench.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tools/peers/process.h"

namespace hairpin {
namespace {

// "PyTorch, compiled".
std::string Name(const Contender& contender) {
  return contender.detail.empty() ? contender.program
                                  : absl::StrCat(contender.program, ", ", contender.detail);
}

bool IsNumberOrList(const nlohmann::json& value) {
  if (!value.is_array()) return value.is_number();
  return !value.empty() && std::all_of(value.begin(), value.end(),
                                       [](const auto& one) { return one.is_number(); });
}

}  // namespace

std::string InOneLine(const std::string& message) {
  const size_t last = message.rfind('\n');
  return last == std::string::npos
             ? message
             : absl::StrCat(message.substr(0, message.find('\n')), " ", message.substr(last + 1));
}

std::vector<double> Measured::Values(const char* key) const {
  std::vector<double> values;
  for (const nlohmann::json& answer : answers) {
    const auto value = answer.find(key);
    HAIRPIN_CHECK(value != answer.end() && value->is_number()) << "no number " << key;
    values.push_back(*value);
  }
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
      folder_(std::exchange(other.folder_, "")),
      notes_(std::move(other.notes_)) {}

Bench::~Bench() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<std::vector<Measured>> Bench::Run(const std::string& what,
                                                 const std::vector<Contender>& contenders,
                                                 const std::string& task,
                                                 const AnswerKeys& keys) {
  auto all = RunInTurns(what, contenders, {task}, keys);
  if (!all.ok()) return all.status();
  return std::move(all->front());
}

absl::StatusOr<std::vector<std::vector<Measured>>> Bench::RunInTurns(
    const std::string& what, const std::vector<Contender>& contenders,
    const std::vector<std::string>& tasks, const AnswerKeys& keys) {
  std::vector<std::vector<Measured>> all(tasks.size());
  const auto path = [&](size_t task) { return Path(absl::StrCat("task_", task, ".json")); };
  for (size_t task = 0; task < tasks.size(); ++task) {
    if (absl::Status s = WriteFileAtomically(path(task), tasks[task]); !s.ok()) return s;
    for (const Contender& contender : contenders) all[task].push_back({contender});
  }
  for (int i = 1; i <= repetitions_; ++i) {
    for (size_t task = 0; task < tasks.size(); ++task) {
      for (Measured& measured : all[task]) {
        const bool ours = &measured == &all[task].front();
        absl::Status status = ours ? RunOnce(what, i, path(task), keys, &measured)
                                   : RunPeer(what, i, path(task), keys, &measured);
        if (!status.ok()) return status;
      }
    }
  }
  for (auto& of_task : all) {
    std::erase_if(of_task, [](const Measured& measured) { return measured.failed; });
  }
  return all;
}

absl::Status Bench::RunPeer(const std::string& what, int repetition, const std::string& task_path,
                            const AnswerKeys& keys, Measured* measured) {
  if (measured->failed) return absl::OkStatus();
  const absl::Status status = RunOnce(what, repetition, task_path, keys, measured);
  if (status.ok() || absl::IsCancelled(status)) return status;
  measured->failed = true;
  progress_->Lines(absl::StrCat("left out: ", std::string(status.message())));
  std::string note = absl::StrCat("left out: ", InOneLine(std::string(status.message())));
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) {
    notes_.push_back(std::move(note));
  }
  return absl::OkStatus();
}

void Bench::Tell(const std::string& what, int repetition, const Contender& contender) {
  progress_->Update("%s: %d of %d, %s", what.c_str(), repetition, repetitions_,
                    Name(contender).c_str());
}

absl::Status Bench::RunOnce(const std::string& what, int repetition, const std::string& task_path,
                            const AnswerKeys& keys, Measured* measured) {
  const Contender& contender = measured->contender;
  Tell(what, repetition, contender);
  std::vector<std::string> command = contender.command;
  command.push_back(task_path);
  const absl::StatusOr<ProcessResult> result = RunProcess(command);
  const std::string who = absl::StrCat(what, ", ", Name(contender), ": ");
  if (!result.ok()) {
    return absl::Status(result.status().code(),
                        absl::StrCat(who, std::string(result.status().message())));
  }
  nlohmann::json answer = nlohmann::json::parse(result->standard_output, nullptr, false);
  if (!answer.is_object()) {
    return absl::InternalError(
        absl::StrCat(who, "found '", result->standard_output, "', expected JSON"));
  }
  for (const char* const key : keys) {
    if (answer.contains(key) && IsNumberOrList(answer[key])) continue;
    return absl::InternalError(
        absl::StrCat(who, "found '", result->standard_output, "', expected a number ", key));
  }
  measured->answers.push_back(std::move(answer));
  measured->resident_bytes.push_back(static_cast<double>(result->resident_peak_bytes));
  return absl::OkStatus();
}

}  // namespace hairpin
