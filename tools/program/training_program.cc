#include "tools/program/training_program.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "tensor/thread_pool.h"
#include "tools/analysis/checkpointing_parts.h"
#include "tools/analysis/model_summary.h"
#include "tools/analysis/replay_times.h"
#include "tools/analysis/step_analysis.h"
#include "tools/program/run_end.h"
#include "tools/program/place_check.h"
#include "tools/training/checkpointing.h"
#include "tools/training/data_files.h"
#include "tools/training/resumed_run.h"
#include "tools/training/run_hold.h"
#include "tools/training/stop.h"
#include "tools/training/threads.h"
#include "tools/training/training_memory.h"
#include "tools/training/training_optimizer.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

constexpr char kVersion[] = "0.1";

// One training from its flags to its end.
class ProgramRun {
 public:
  explicit ProgramRun(TrainingProgram& program)
      : program_(program),
        rules_(program.rules()),
        folder_(UserPath(common().out_dir())),
        resume_(common().resume()),
        make_task_([&program](const nn::ModuleContext& context) {
          return program.MakeTask(context);
        }) {}

  // Nothing is written before settings, input and folder are known to be good.
  absl::Status Train() {
    bool done = false;
    if (absl::Status s = resume_ ? Resume(&done) : Begin(); !s.ok() || done) return s;
    if (!resume_) {
      if (absl::Status s = CheckNewFolder(common(), folder_, run_); !s.ok()) return s;
    }
    const DataWatch watch(program_.DataFiles());
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
    if (absl::Status s = watch.Check(); !s.ok()) return s;
    if (absl::Status s = Hold(); !s.ok()) return s;
    absl::Status prepared = Prepare();
    if (absl::IsCancelled(prepared)) return Stopped();
    prepared.Update(watch.Check());
    if (!prepared.ok()) {
      if (absl::Status held = folder_.CheckHeld(); !held.ok()) return held;
      hold_.Undo();
      return prepared;
    }
    return DoSteps();
  }

 private:
  TrainingSettings common() { return CommonSettings(program_.settings()); }

  // Before the data is known, whose vocabulary a plan needs.
  absl::Status CheckSizes() {
    const SavedPolicy* fixed = FixedPolicy(common().checkpointing());
    return fixed != nullptr ? Check(*fixed)
                            : CheckLeastMemory(common(), make_task_, program_.size_flags());
  }

  absl::Status Check(const SavedPolicy& policy) {
    return PrepareMemory(common(), make_task_, policy, program_.size_flags());
  }

  absl::Status Stopped() {
    if (!hold_.held()) return StopError("before anything was written");
    return StopError(absl::StrCat("before the first step; --resume --out_dir=", folder_.path(),
                                  " goes on"));
  }

  absl::Status Begin() {
    if (common().ignore_data_change()) {
      return absl::InvalidArgumentError(
          "--ignore_data_change: found it without --resume, expected both or none");
    }
    KeepGiven(rules_, program_.settings(), &run_);
    run_.set_working_directory(UserFolder());
    return rules_.resolve(&program_.settings());
  }

  // A run that is done needs neither its data nor memory for a model any more.
  absl::Status Resume(bool* done) {
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
    const auto end = FindEnd(folder_, common());
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

  // Of a resumed run. Afterwards ignore_data_change is set only where there is a change.
  absl::Status CheckData() {
    const absl::Status same = CheckDataFiles(program_.DataFiles(), run_);
    if (same.ok()) {
      ClearFlag("ignore_data_change", &program_.settings());
      return absl::OkStatus();
    }
    if (absl::IsCancelled(same)) return Stopped();
    if (!common().ignore_data_change()) return DataChanged(rules_, program_.settings(), same);
    progress_.Line("%s, as when the run began: ignored", std::string(same.message()).c_str());
    return absl::OkStatus();
  }

  void Held(RunHold hold) {
    hold_ = std::move(hold);
    folder_.set_guard([this] { return hold_.Check(); });
  }

  // The folder of a new run: --out_dir, or the first default name that is free.
  absl::Status Hold() {
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

  // The data, and with it the settings that the run's record then has.
  absl::Status Prepare() {
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

  StepAnalysis Analyzed() {
    return AnalyzeStep(common(), make_task_, checkpointing_.policy());
  }

  absl::Status DoSteps() {
    SetUnderWay("the model's first numbers");
    const std::unique_ptr<TrainingTask> task =
        program_.MakeTask({.seed = static_cast<uint64_t>(common().seed())});
    if (!resume_ || folder_.Checkpoints().empty()) {
      const absl::Status initialized = program_.Initialize(*task);
      if (absl::IsCancelled(initialized)) return Stopped();
      if (!initialized.ok()) return initialized;
    }
    Trainer trainer(common(), *task, folder_, progress_);
    trainer.set_policy(checkpointing_.policy());
    ReplayTimes replays;
    if (common().checkpointing() != KeepAll().name()) {
      progress_.Line("%s", checkpointing_.Summary().c_str());
      trainer.set_observer(&replays);
    }
    const std::string about = program_.About();
    progress_.Line("%lld parameters, %d %s, %s%s%s", static_cast<long long>(run_.parameters()),
                   NumThreads(), NumThreads() == 1 ? "thread" : "threads", KernelTargetName(),
                   about.empty() ? "" : "; ", about.c_str());
    if (absl::Status s = resume_ ? trainer.Resume() : trainer.Start(); !s.ok()) return s;
    if (absl::Status s = trainer.Train(); !s.ok()) return s;
    SetUnderWay("the run's last files");
    if (absl::Status s = folder_.CheckHeld(); !s.ok()) return s;
    if (absl::Status s = Record(trainer, replays); !s.ok()) return s;
    const absl::Status told = Tell(*task, trainer);
    if (absl::IsCancelled(told)) {
      return StopError(absl::StrCat("after the last step; --resume --out_dir=", folder_.path(),
                                    " does what follows it"));
    }
    if (!told.ok()) return told;
    run_.set_finished(true);
    return folder_.WriteRun(run_);
  }

  // What is known at the end only.
  absl::Status Record(const Trainer& trainer, const ReplayTimes& replays) {
    const bool ended_early = trainer.step() < common().steps();
    if (replays.recordings() == 0 && !ended_early) return absl::OkStatus();
    if (replays.recordings() > 0) {
      AddParts(Analyzed(), &replays, run_.mutable_checkpointing());
    }
    if (ended_early) {
      const absl::Status kept =
          KeepLastStep(rules_, program_.settings(), trainer.step(), &run_);
      if (!kept.ok()) return kept;
    }
    return folder_.WriteRun(run_);
  }

  // Of a run that is at its end; the record says so, too, where the process that came there was
  // killed before it did.
  absl::Status TellAgain(const TrainingPosition& end) {
    absl::Status told = TellEnd(end, folder_, common());
    if (!told.ok() || run_.finished()) return told;
    for (const std::string& error : folder_.RemoveOldCheckpoints(common().keep())) {
      progress_.Line("warning: %s", error.c_str());
    }
    told = KeepLastStep(rules_, program_.settings(), end.step, &run_);
    if (!told.ok()) return told;
    run_.set_finished(true);
    return folder_.WriteRun(run_);
  }

  absl::Status Tell(TrainingTask& task, Trainer& trainer) {
    if (common().overfit_one_batch()) {
      const double loss = trainer.last_step().loss();
      if (absl::Status s = CheckLearnt(loss); !s.ok()) return s;
      std::printf("one micro-batch learnt to a loss of %.4f in %lld steps\n", loss,
                  static_cast<long long>(trainer.step()));
    } else {
      const std::unique_ptr<AveragedWeights> averaged = trainer.AverageInModel();
      if (absl::Status s = program_.Finish(task, trainer, folder_); !s.ok()) return s;
    }
    TellStepsWithout(trainer, task.words());
    std::printf("%s\n", folder_.path().c_str());
    return absl::OkStatus();
  }

  TrainingProgram& program_;
  const SettingsRules& rules_;
  RunFolder folder_;
  const bool resume_;
  const TaskMaker make_task_;
  Progress progress_;
  RunHold hold_;
  Run run_;
  Checkpointing checkpointing_;
};

}  // namespace

absl::Status TrainingProgram::Finish(TrainingTask& task, Trainer& trainer, const RunFolder&) {
  char text[kScoreText];
  FormatScore(trainer.last_evaluation(), task.words(), text, sizeof(text));
  std::printf("evaluation %s\n", text);
  return absl::OkStatus();
}

int RunTraining(TrainingProgram& program, const char* usage, int argc, char** argv) {
  const SettingsRules& rules = program.rules();
  return RunProgram(rules.program, usage, rules.flags, argc, argv, &program.settings(),
                    [&](const std::vector<std::string>& arguments) -> absl::Status {
                      if (!arguments.empty()) {
                        return absl::InvalidArgumentError(absl::StrCat(
                            "found the argument '", arguments[0], "', expected only flags"));
                      }
                      CatchStopSignals();
                      return ProgramRun(program).Train();
                    });
}

}  // namespace hairpin
