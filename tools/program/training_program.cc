#include "tools/program/training_program.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tools/program/program_run.h"
#include "tools/training/flags.h"
#include "tools/training/stop.h"

namespace hairpin {

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
