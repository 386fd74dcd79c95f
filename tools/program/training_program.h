// TrainingProgram: all that one program that trains adds to what all of them do.
//
//   class Program final : public TrainingProgram { ... };
//   int main(int argc, char** argv) {
//     Program program;
//     return hairpin::RunTraining(program, kUsage, argc, argv);
//   }
//
// RunTraining reads flags, makes or resumes the run folder and holds it, predicts memory, makes the
// policy of checkpointing, trains, and says how it ended. docs/your_first_model.md writes one.
#ifndef HAIRPIN_TOOLS_PROGRAM_TRAINING_PROGRAM_H_
#define HAIRPIN_TOOLS_PROGRAM_TRAINING_PROGRAM_H_

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "nn/module.h"
#include "tools/training/program_settings.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"
#include "tools/training/trainer.h"
#include "tools/training/training_task.h"

namespace hairpin {

class TrainingProgram {
 public:
  virtual ~TrainingProgram() = default;

  virtual const SettingsRules& rules() const = 0;
  // A message of the program's own; as given first, then resolved.
  virtual google::protobuf::Message& settings() = 0;
  // The flags that say how much memory a training takes: "--hidden, --layers, --micro_batch".
  virtual const char* size_flags() const = 0;

  // Of resolved settings: looks at the input, before anything is written, as far as MakeTask needs.
  // What a resumed run has made before is in `folder`. Errors name the flag.
  virtual absl::Status Open(const RunFolder& folder) = 0;
  // The files that it learns from, of resolved settings, in an order that stays: the record has
  // their size and hash, and a resumed run stops where one has changed
  // (tools/training/data_files.h).
  virtual std::vector<std::string> DataFiles() const { return {}; }
  // Makes in the run's folder what is missing there. May change the setting that
  // SettingsRules::set_by_data names. Where the setting ignore_data_change is true, files have
  // changed, and what the run has made of them before goes before them.
  virtual absl::Status Prepare(const RunFolder& folder, Progress& progress, Run* run) = 0;
  // A task with a model of its own; after Open, and with data after Prepare. Where the context's
  // allocator is dry nothing of it is loaded.
  virtual std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) = 0;

  // Gives the task's model other first values than those it was made with: of a pre-trained one.
  // Not called where a checkpoint has them.
  virtual absl::Status Initialize(TrainingTask&) { return absl::OkStatus(); }

  // What the line of parameters and threads ends with, "unigram loss 4.7653"; "": nothing.
  virtual std::string About() const { return ""; }
  // Says on standard output how it ended; unless --overfit_one_batch. Here: the last evaluation.
  virtual absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder);
};

// What main returns.
int RunTraining(TrainingProgram& program, const char* usage, int argc, char** argv);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PROGRAM_TRAINING_PROGRAM_H_
