// ProgramRun from its first step to its end.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "tensor/thread_pool.h"
#include "tools/analysis/checkpointing_parts.h"
#include "tools/program/program_run.h"
#include "tools/program/run_end.h"
#include "tools/training/stop.h"

namespace hairpin {

StepAnalysis ProgramRun::Analyzed() {
  return AnalyzeStep(common(), make_task_, checkpointing_.policy());
}

absl::Status ProgramRun::DoSteps() {
  SetUnderWay("the model's first numbers");
  const std::unique_ptr<TrainingTask> task =
      program_.MakeTask({.seed = static_cast<uint64_t>(common().seed())});
  const absl::StatusOr<std::vector<std::string>> checkpoints = folder_.Checkpoints();
  if (!checkpoints.ok()) return checkpoints.status();
  if (checkpoints->empty()) {
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

absl::Status ProgramRun::Record(const Trainer& trainer, const ReplayTimes& replays) {
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

absl::Status ProgramRun::TellAgain(const TrainingPosition& end) {
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

absl::Status ProgramRun::Tell(TrainingTask& task, Trainer& trainer) {
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

}  // namespace hairpin
