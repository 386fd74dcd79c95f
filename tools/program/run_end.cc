#include "tools/program/run_end.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/training/training_settings.h"

namespace hairpin {

absl::Status CheckLearnt(double loss) {
  if (std::isnan(loss)) {
    return absl::InvalidArgumentError(
        "--overfit_one_batch: found nothing that counts in the first micro-batch, expected "
        "something to learn");
  }
  if (loss < kLearntByHeart) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("--overfit_one_batch: found a loss of ", loss,
                                          ", expected less than ", kLearntByHeart,
                                          " in fewer than 200 steps"));
}

absl::Status TellEnd(const TrainingPosition& end, const RunFolder& folder,
                     const TrainingSettings& settings) {
  if (end.step > settings.steps()) {
    return absl::InvalidArgumentError(absl::StrCat("--steps: found ", settings.steps(),
                                                   ", expected at least ", end.step,
                                                   ", the steps that the run has done"));
  }
  if (settings.overfit_one_batch() && end.state.has_last_loss()) {
    if (absl::Status s = CheckLearnt(end.state.last_loss()); !s.ok()) return s;
  }
  std::printf("%s: the run is at its last step, %lld\n", folder.path().c_str(),
              static_cast<long long>(end.step));
  return absl::OkStatus();
}

absl::Status KeepLastStep(const SettingsRules& rules, const google::protobuf::Message& settings,
                          int64_t step, Run* run) {
  const std::unique_ptr<google::protobuf::Message> kept(settings.New());
  if (absl::Status s = ReadSettings(rules, *run, kept.get()).status(); !s.ok()) return s;
  TrainingSettings ended = CommonSettings(*kept);
  ended.set_steps(step);
  SetCommonSettings(ended, kept.get());
  KeepSettings(rules, *kept, run);
  return absl::OkStatus();
}

void TellStepsWithout(const Trainer& trainer, const TaskWords& words) {
  if (trainer.skipped_steps() > 0) {
    std::printf("%lld steps changed nothing: %s\n",
                static_cast<long long>(trainer.skipped_steps()), words.nothing);
  }
  if (trainer.nonfinite_steps() > 0) {
    std::printf("%lld steps were left out: their loss or gradient was not finite\n",
                static_cast<long long>(trainer.nonfinite_steps()));
  }
}

}  // namespace hairpin
