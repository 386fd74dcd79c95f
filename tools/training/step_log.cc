#include "tools/training/step_log.h"

#include <sys/resource.h>

#include <cstdio>

namespace hairpin {
namespace {

double PeakRssMib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024.0;
}

}  // namespace

void AddToSums(const StepReport& report, TrainingState* state) {
  state->set_loss_sum(state->loss_sum() + report.score.loss_sum);
  state->set_masked(state->masked() + report.score.masked);
  state->set_correct(state->correct() + report.score.correct);
  if (report.left_out) state->set_logged_nonfinite_steps(state->logged_nonfinite_steps() + 1);
  state->set_ids(state->ids() + report.ids);
  state->set_micro_batches(state->micro_batches() + report.micro_batches);
  state->set_compute_seconds(state->compute_seconds() + report.compute_seconds);
  state->set_logged_seconds(state->logged_seconds() + report.seconds);
  state->set_seconds(state->seconds() + report.seconds);
}

absl::Status LogSums(int64_t step, const StepReport& last, const char* time_left,
                     TrainingState* state, MetricsFile& metrics, Progress& progress) {
  const MaskedScore score = {.loss_sum = state->loss_sum(),
                             .correct = state->correct(),
                             .masked = state->masked()};
  const double per_second = static_cast<double>(state->ids()) / state->logged_seconds();
  char text[kScoreText];
  const long long left_out = state->logged_nonfinite_steps();
  if (score.masked == 0 && left_out > 0) {
    std::snprintf(text, sizeof(text), "%lld %s left out", left_out,
                  left_out == 1 ? "step" : "steps");
  } else {
    FormatScore(score, text, sizeof(text));
  }
  progress.Line("step %6lld  %s  %.0f tokens/s  %s left", static_cast<long long>(step), text,
                per_second, time_left);
  if (absl::Status s = metrics.Append(
          {{"step", step},
           {"loss", score.loss()},
           {"masked_accuracy", score.accuracy()},
           {"grad_norm", last.gradient_norm},
           {"lr", last.learning_rate},
           {"tokens_per_second", per_second},
           {"ms_per_micro_batch",
            1e3 * state->compute_seconds() / static_cast<double>(state->micro_batches())},
           {"rss_mb", PeakRssMib()},
           {"seconds", state->seconds()}});
      !s.ok()) {
    return s;
  }
  state->set_loss_sum(0);
  state->set_masked(0);
  state->set_correct(0);
  state->set_logged_nonfinite_steps(0);
  state->set_ids(0);
  state->set_micro_batches(0);
  state->set_compute_seconds(0);
  state->set_logged_seconds(0);
  return absl::OkStatus();
}

}  // namespace hairpin
