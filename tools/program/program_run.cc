#include "tools/program/program_run.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "tools/analysis/checkpointing_parts.h"
#include "tools/analysis/model_summary.h"
#include "tools/program/place_check.h"
#include "tools/program/run_end.h"
#include "tools/training/resumed_run.h"
#include "tools/training/stop.h"
#include "tools/training/threads.h"
#include "tools/training/training_memory.h"
#include "tools/training/training_optimizer.h"

namespace hairpin {
namespace {

constexpr char kVersion[] = "0.1";

}  // namespace

ProgramRun::ProgramRun(TrainingProgram& program)
    : program_(program),
      rules_(program.rules()),
      folder_(UserPath(common().out_dir())),
      resume_(common().resume()),
      make_task_([&program](const nn::ModuleContext& context) {
        return program.MakeTask(context);
      }) {}

absl::Status ProgramRun::Train() {
  bool done = false;
  if (absl::Status s = resume_ ? Resume(&done) : Begin(); !s.ok() || done) return s;
  if (!resume_) {
    if (absl::Status s = CheckNewFolder(common(), folder_, run_); !s.ok()) return s;
  }
  if (!watch_) watch_.emplace(program_.DataFiles());
  SetUnderWay("a piece of the data");
  const absl::Status opened = program_.Open(folder_);
  if (absl::IsCancelled(opened)) return Stopped();
  if (!opened.ok()) return opened;
  {
    Allocator dry(Allocator::Kind::kDry);
    const std::unique_ptr<TrainingTask> task = make_task_({.allocator = &dry});
    if (absl::Status s = CheckGroups(common(), task->model()); !s.ok()) return s;
  }
  const std::string threads_note = StartThreads(common().threads());  // each takes memory
  if (absl::Status s = CheckSizes(); !s.ok()) return s;
  MakePathsAbsolute(rules_, UserFolder(), &program_.settings());
  if (absl::Status s = CheckPlaces(program_, folder_, resume_); !s.ok()) return s;
  if (!threads_note.empty()) progress_.Line("%s", threads_note.c_str());
  if (run_.data().empty()) {
    const absl::Status recorded = RecordDataFiles(program_.DataFiles(), &run_);
    if (absl::IsCancelled(recorded)) return Stopped();
    if (!recorded.ok()) return recorded;
  }
  if (absl::Status s = watch_->Check(); !s.ok()) return s;
  if (absl::Status s = Hold(); !s.ok()) return s;
  absl::Status prepared = Prepare();
  if (absl::IsCancelled(prepared)) return Stopped();
  prepared.Update(watch_->Check());
  if (!prepared.ok()) {
    if (absl::Status held = folder_.CheckHeld(); !held.ok()) return held;
    hold_.Undo();
    return prepared;
  }
  return DoSteps();
}

absl::Status ProgramRun::Begin() {
  if (common().ignore_data_change()) {
    return absl::InvalidArgumentError(
        "--ignore_data_change: found it without --resume, expected both or none");
  }
  KeepGiven(rules_, program_.settings(), &run_);
  run_.set_working_directory(UserFolder());
  return rules_.resolve(&program_.settings());
}

absl::Status ProgramRun::Resume(bool* done) {
  if (common().out_dir().empty()) {
    return absl::InvalidArgumentError("--resume: found no --out_dir, expected the run's folder");
  }
  absl::StatusOr<RunHold> hold = RunHold::Resume(folder_);
  if (!hold.ok()) return hold.status();
  Held(*std::move(hold));
  absl::StatusOr<ResumedRun> resumed = ReadResumedRun(rules_, folder_, program_.settings());
  if (absl::IsCancelled(resumed.status())) return Stopped();
  if (!resumed.ok()) return resumed.status();
  run_ = std::move(resumed->run);
  program_.settings().CopyFrom(*resumed->settings);
  const auto found = FindEnd(folder_, common());
  if (!found.ok()) return found.status();
  const std::optional<TrainingPosition>& end = *found;
  // One that ended early can be asked for more steps once all is done that follows its end.
  const bool goes_on = !end || (run_.finished() && end->step < common().steps());
  *done = !goes_on && (run_.finished() || common().overfit_one_batch() ||
                       end->step > common().steps());
  if (*done) return TellAgain(*end);
  if (!goes_on) {
    TrainingSettings ended = common();
    ended.set_steps(end->step);
    SetCommonSettings(ended, &program_.settings());
  }
  return CheckData();
}

absl::Status ProgramRun::CheckData() {
  const std::vector<std::string> files = program_.DataFiles();
  watch_.emplace(files);  // before they are compared: what is read must be what was compared
  const absl::Status same = CheckDataFiles(files, run_);
  if (same.ok()) {
    ClearFlag("ignore_data_change", &program_.settings());
    return absl::OkStatus();
  }
  if (absl::IsCancelled(same)) return Stopped();
  if (!common().ignore_data_change()) return DataChanged(rules_, program_.settings(), same);
  progress_.Line("%s, as when the run began: ignored", std::string(same.message()).c_str());
  return absl::OkStatus();
}

absl::Status ProgramRun::Check(const SavedPolicy& policy) {
  return PrepareMemory(common(), make_task_, policy, program_.size_flags());
}

absl::Status ProgramRun::CheckSizes() {
  const SavedPolicy* fixed = FixedPolicy(common().checkpointing());
  return fixed != nullptr ? Check(*fixed)
                          : CheckLeastMemory(common(), make_task_, program_.size_flags());
}

absl::Status ProgramRun::Stopped() {
  if (!hold_.held()) return StopError("before anything was written");
  return StopError(absl::StrCat("before the ", resume_ ? "next" : "first",
                                " step; --resume --out_dir=", folder_.path(), " goes on"));
}

void ProgramRun::Held(RunHold hold) {
  hold_ = std::move(hold);
  folder_.set_guard([this] { return hold_.Check(); });
}

absl::Status ProgramRun::Hold() {
  if (resume_) return folder_.MakeFolders();
  const bool named = common().has_out_dir();
  for (int number = 1;; ++number) {
    TrainingSettings placed = common();
    if (!named) placed.set_out_dir(DefaultRunPath(number));
    SetCommonSettings(placed, &program_.settings());
    folder_ = RunFolder(UserPath(placed.out_dir()));
    absl::StatusOr<RunHold> hold = RunHold::New(folder_, run_);
    if (hold.ok()) {
      Held(*std::move(hold));
      return absl::OkStatus();
    }
    if (named || !absl::IsAlreadyExists(hold.status())) return hold.status();
  }
}

absl::Status ProgramRun::Prepare() {
  if (absl::Status s = program_.Prepare(folder_, progress_, &run_); !s.ok()) return s;
  SetUnderWay("the plan of memory");
  absl::StatusOr<Checkpointing> planned =
      PlanCheckpointing(common().checkpointing(), common(), make_task_);
  if (!planned.ok()) return planned.status();
  checkpointing_ = *std::move(planned);
  if (absl::Status s = Check(checkpointing_.policy()); !s.ok()) return s;
  *run_.mutable_checkpointing() = checkpointing_.Report();
  const StepAnalysis step = Analyzed();
  if (common().summary()) std::printf("%s\n", ModelSummary(step.layers).c_str());
  AddParts(step, nullptr, run_.mutable_checkpointing());
  KeepSettings(rules_, program_.settings(), &run_);
  Allocator dry(Allocator::Kind::kDry);
  run_.set_parameters(make_task_({.allocator = &dry})->model().CountParameters());
  run_.set_version(kVersion);
  run_.set_target(KernelTargetName());
  run_.set_finished(false);
  return folder_.WriteRun(run_);
}

}  // namespace hairpin
