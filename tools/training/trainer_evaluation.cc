// What Trainer does when an evaluation is due, and when it ends a training for what it shows.
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "optim/early_stopping.h"
#include "tools/training/evaluation.h"
#include "tools/training/stop.h"
#include "tools/training/trainer.h"

namespace hairpin {
namespace {

// "  macro_f1 0.3120" for each.
std::string FormatMetrics(const std::vector<Metric>& metrics) {
  std::string text;
  for (const Metric& metric : metrics) {
    const double value =
        std::visit([](auto number) { return static_cast<double>(number); }, metric.value);
    absl::StrAppendFormat(&text, "  %s %.4f", metric.name, value);
  }
  return text;
}

}  // namespace

std::unique_ptr<AveragedWeights> Trainer::AverageInModel() {
  return average_ == nullptr ? nullptr : std::make_unique<AveragedWeights>(*average_);
}

absl::Status Trainer::Evaluate() {
  const Profile::Span span(profile_.get(), "evaluation");
  const std::unique_ptr<AveragedWeights> averaged = AverageInModel();
  const absl::StatusOr<Score> score = hairpin::Evaluate(task_, recording_);
  if (!score.ok()) return score.status();
  last_evaluation_ = *score;
  const absl::StatusOr<std::vector<Metric>> further = task_.EvaluationMetrics();
  if (!further.ok()) return further.status();
  char text[kScoreText];
  FormatScore(*score, words_, text, sizeof(text));
  progress_.Line("step %6lld  evaluation %s%s", static_cast<long long>(step_), text,
                 FormatMetrics(*further).c_str());
  MetricLine line;
  line.Add("step", step_);
  line.Add("eval_loss", score->loss());
  if (words_.accuracy != nullptr) line.Add("eval_accuracy", score->accuracy());
  std::array<std::string, kMaxTerms> names;  // alive until the line is written
  for (int i = 0; i < kMaxTerms && words_.terms[i] != nullptr; ++i) {
    names[i] = absl::StrCat("eval_", words_.terms[i]);
    line.Add(names[i].c_str(), score->term(i));
  }
  std::deque<std::string> further_names;  // alive until then, too
  for (const Metric& metric : *further) {
    further_names.push_back(absl::StrCat("eval_", metric.name));
    line.Add(further_names.back().c_str(), metric.value);
  }
  if (settings_.early_stopping() > 0 && StopsEarly(score->loss())) {
    progress_.Line("step %6lld  %lld evaluations in a row were not the best: it ends here",
                   static_cast<long long>(step_),
                   static_cast<long long>(settings_.early_stopping()));
    settings_.set_steps(step_);
  }
  return metrics_->Append(line.metrics());
}

absl::Status Trainer::EvaluateAgain() {
  if (settings_.overfit_one_batch()) return absl::OkStatus();
  const std::unique_ptr<AveragedWeights> averaged = AverageInModel();
  const absl::StatusOr<Score> score = hairpin::Evaluate(task_, recording_);
  if (absl::IsCancelled(score.status())) {
    return StopError(absl::StrCat("after the last step; --resume --out_dir=", folder_.path(),
                                  " does what follows it"));
  }
  if (!score.ok()) return score.status();
  last_evaluation_ = *score;
  return absl::OkStatus();
}

bool Trainer::StopsEarly(double loss) {
  EarlyStopping stopping({.patience = settings_.early_stopping()});
  EarlyStoppingState state = {.since_best = state_.evaluations_since_best()};
  if (state_.has_best_evaluation()) state.best = state_.best_evaluation();
  stopping.Restore(state);
  const bool stops = stopping.Observe(loss);
  state_.set_best_evaluation(stopping.state().best);
  state_.set_evaluations_since_best(stopping.state().since_best);
  return stops;
}

absl::Status Trainer::EvaluateAndSave() {
  // Before its line is there, the step is not done.
  const bool pending = state_.evaluation_pending();
  if (!settings_.overfit_one_batch() && (pending || Due(settings_.eval_every()))) {
    const absl::Status s = Evaluate();
    state_.set_evaluation_pending(absl::IsCancelled(s));
    if (absl::IsCancelled(s)) return Stop();
    if (!s.ok()) return s;
  }
  return Due(settings_.checkpoint_every()) ? SaveCheckpoint() : absl::OkStatus();
}

}  // namespace hairpin
