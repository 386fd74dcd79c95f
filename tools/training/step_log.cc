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
  state->set_count(state->count() + report.score.count);
  state->set_correct(state->correct() + report.score.correct);
  for (int i = 0; i < kMaxTerms; ++i) {
    if (state->term_sums_size() <= i) state->add_term_sums(0);
    state->set_term_sums(i, state->term_sums(i) + report.score.terms[i]);
  }
  if (report.left_out) state->set_logged_nonfinite_steps(state->logged_nonfinite_steps() + 1);
  state->set_inputs(state->inputs() + report.inputs);
  state->set_micro_batches(state->micro_batches() + report.micro_batches);
  state->set_compute_seconds(state->compute_seconds() + report.compute_seconds);
  state->set_logged_seconds(state->logged_seconds() + report.seconds);
  state->set_seconds(state->seconds() + report.seconds);
}

absl::Status LogSums(int64_t step, const StepReport& last, const TaskWords& words,
                     const char* time_left, TrainingState* state, MetricsFile& metrics,
                     Progress& progress) {
  Score score = {.loss_sum = state->loss_sum(),
                 .correct = state->correct(),
                 .count = state->count()};
  for (int i = 0; i < state->term_sums_size(); ++i) score.terms[i] = state->term_sums(i);
  const double per_second = static_cast<double>(state->inputs()) / state->logged_seconds();
  char text[kScoreText];
  const long long left_out = state->logged_nonfinite_steps();
  if (score.count == 0 && left_out > 0) {
    std::snprintf(text, sizeof(text), "%lld %s left out", left_out,
                  left_out == 1 ? "step" : "steps");
  } else {
    FormatScore(score, words, text, sizeof(text));
  }
  progress.Line("step %6lld  %s  %.0f %s/s  %s left", static_cast<long long>(step), text,
                per_second, words.inputs, time_left);
  MetricLine line;
  line.Add("step", step);
  line.Add("loss", score.loss());
  if (words.accuracy != nullptr) line.Add(words.accuracy, score.accuracy());
  for (int i = 0; i < kMaxTerms && words.terms[i] != nullptr; ++i) {
    line.Add(words.terms[i], score.term(i));
  }
  line.Add("grad_norm", last.gradient_norm);
  line.Add("lr", last.learning_rate);
  line.Add(words.inputs_per_second, per_second);
  line.Add("ms_per_micro_batch",
           1e3 * state->compute_seconds() / static_cast<double>(state->micro_batches()));
  line.Add("rss_mb", PeakRssMib());
  line.Add("seconds", state->seconds());
  if (absl::Status s = metrics.Append(line.metrics()); !s.ok()) return s;
  state->set_loss_sum(0);
  state->set_count(0);
  state->set_correct(0);
  state->clear_term_sums();
  state->set_logged_nonfinite_steps(0);
  state->set_inputs(0);
  state->set_micro_batches(0);
  state->set_compute_seconds(0);
  state->set_logged_seconds(0);
  return absl::OkStatus();
}

}  // namespace hairpin
