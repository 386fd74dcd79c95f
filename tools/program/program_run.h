// ProgramRun: one training of a TrainingProgram, from its flags to its end.
//
//   return ProgramRun(program).Train();
//
// program_run.cc has what comes before the first step, program_run_steps.cc the rest.
#ifndef HAIRPIN_TOOLS_PROGRAM_PROGRAM_RUN_H_
#define HAIRPIN_TOOLS_PROGRAM_PROGRAM_RUN_H_

#include <optional>

#include "absl/status/status.h"
#include "tools/analysis/replay_times.h"
#include "tools/analysis/step_analysis.h"
#include "tools/program/training_program.h"
#include "tools/training/checkpointing.h"
#include "tools/training/data_files.h"
#include "tools/training/program_settings.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/run_hold.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"
#include "tools/training/training_task.h"

namespace hairpin {

class ProgramRun {
 public:
  // Of a program whose settings are those of the command line. It must outlive this.
  explicit ProgramRun(TrainingProgram& program);

  // Nothing is written before settings, input and folder are known to be good.
  absl::Status Train();

 private:
  TrainingSettings common() { return CommonSettings(program_.settings()); }

  // Settings of a new run, resolved.
  absl::Status Begin();
  // A run that is done needs neither its data nor memory for a model any more.
  absl::Status Resume(bool* done);
  // Of a resumed run. Afterwards ignore_data_change is set only where there is a change.
  absl::Status CheckData();
  // That this machine has the memory; CheckSizes before the data is known, whose vocabulary a
  // plan needs.
  absl::Status Check(const SavedPolicy& policy);
  absl::Status CheckSizes();
  // The error of a signal before the first step.
  absl::Status Stopped();
  // From here on the folder is this process's.
  void Held(RunHold hold);
  // The folder of a new run: --out_dir, or the first default name that is free.
  absl::Status Hold();
  // The data, and with it the settings that the run's record then has.
  absl::Status Prepare();
  StepAnalysis Analyzed();
  // From the first step that is left to the end.
  absl::Status DoSteps();
  // What is known at the end only.
  absl::Status Record(const Trainer& trainer, const ReplayTimes& replays);
  // Of a run that is at its end; the record says so, too, where the process that came there was
  // killed before it did.
  absl::Status TellAgain(const TrainingPosition& end);
  // On standard output, with what the program makes of it.
  absl::Status Tell(TrainingTask& task, Trainer& trainer);

  TrainingProgram& program_;
  const SettingsRules& rules_;
  RunFolder folder_;
  const bool resume_;
  const TaskMaker make_task_;
  Progress progress_;
  RunHold hold_;
  Run run_;
  Checkpointing checkpointing_;
  std::optional<DataWatch> watch_;  // from before the first look into the data until it is learnt
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PROGRAM_PROGRAM_RUN_H_
