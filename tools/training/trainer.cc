#include "tools/training/trainer.h"

#include <cstdio>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "optim/clip.h"
#include "tensor/check.h"
#include "tools/training/stop.h"
#include "tools/training/training_optimizer.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

// The moments are float32: the square of a larger gradient would be infinite in
// them, and its parameter not move any more, though every number of it is finite.
constexpr double kLargestNorm = 1e19;

}  // namespace

Trainer::Trainer(const TrainingSettings& settings, TrainingTask& task, const RunFolder& folder,
                 Progress& progress)
    : settings_(settings),
      task_(task),
      words_(task.words()),
      folder_(folder),
      progress_(progress),
      schedule_{.kind = *ParseScheduleKind(settings.schedule()),
                .warmup_steps = settings.warmup_steps(),
                .total_steps = settings.steps(),
                .cycles = settings.has_cycles() ? settings.cycles() : 1},
      optimizer_(OptimizerOf(settings, task.model())),
      average_(AverageOf(settings, task.model())),
      checker_(settings.check_numbers() ? std::make_unique<NumberChecker>() : nullptr),
      zero_gradients_(optimizer_->parameters()),
      buffers_before_(task.model()) {}

absl::Status Trainer::Open(int64_t keep_bytes) {
  if (absl::Status s = folder_.CheckHeld(); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<MetricsFile>> metrics =
      MetricsFile::Open(folder_.metrics(), keep_bytes);
  if (!metrics.ok()) return metrics.status();
  metrics_ = *std::move(metrics);
  started_ = Now();
  first_step_ = step_;
  first_seconds_ = state_.seconds();
  return absl::OkStatus();
}

absl::Status Trainer::Start() {
  if (absl::Status s = Open(0); !s.ok()) return s;
  const std::vector<Metric> baselines = task_.baselines();
  if (baselines.empty()) return absl::OkStatus();
  MetricLine line;
  line.Add("step", int64_t{0});
  for (const Metric& baseline : baselines) line.Add(baseline.name, baseline.value);
  return metrics_->Append(line.metrics());
}

absl::Status Trainer::Resume() {
  const auto error = [](const absl::Status& status) {
    return absl::Status(status.code(),
                        absl::StrCat("--resume: ", std::string(status.message())));
  };
  const absl::StatusOr<std::vector<std::string>> checkpoints = folder_.Checkpoints();
  if (!checkpoints.ok()) return error(checkpoints.status());
  std::vector<std::string> passed_over;
  for (const std::string& path : *checkpoints) {
    const absl::StatusOr<int64_t> step = ReadTraining(path, Trained(), &state_);
    if (step.ok()) {
      step_ = *step;
      return ResumeFrom(path, passed_over);
    }
    // What can't be opened, or is another model's, is no damage: to be seen to, not set aside.
    if (!absl::IsDataLoss(step.status())) return error(step.status());
    progress_.Line("passed over: %s", std::string(step.status().message()).c_str());
    passed_over.push_back(path);
  }
  if (!passed_over.empty()) {
    return absl::DataLossError(absl::StrCat(
        "--resume: ", folder_.path(), ": found ", passed_over.size(),
        " checkpoints, the newest ", passed_over.front(), ", expected one that can be read"));
  }
  progress_.Line("no checkpoint yet: starting from step 0");
  return Start();
}

absl::Status Trainer::ResumeFrom(const std::string& path,
                                 const std::vector<std::string>& passed_over) {
  if (folder_.checkpoint(step_) != path) {
    return absl::InvalidArgumentError(absl::StrCat("--resume: ", path, ": found step ", step_,
                                                   " in it, expected that of its name"));
  }
  progress_.Line("resuming from %s", path.c_str());
  if (state_.target() != KernelTargetName()) {
    progress_.Line("warning: it was computed with %s, this machine uses %s: the bits will differ",
                   state_.target().c_str(), KernelTargetName());
  }
  if (absl::Status s = Open(state_.metrics_bytes()); !s.ok()) return s;
  // Now that it is good for going on. Else they would count as the newest, and good ones be removed
  // for them.
  for (const std::string& damaged : passed_over) {
    const absl::Status aside = RunFolder::SetAside(damaged);
    if (!aside.ok()) progress_.Line("warning: %s", std::string(aside.message()).c_str());
  }
  RemoveOldCheckpoints();  // a killed process may have left more
  if (state_.evaluation_pending()) return EvaluateAndSave();
  return step_ == settings_.steps() ? EvaluateAgain() : absl::OkStatus();
}

absl::Status Trainer::LoadBatches() {
  const Profile::Span span(profile_.get(), "data");
  for (int i = 0; i < settings_.accumulation(); ++i) {
    if (absl::Status s = task_.Load(state_.next_sample(), i); !s.ok()) return s;
    // Overfitting means the first micro-batch, as it was then, again and again.
    if (!settings_.overfit_one_batch()) {
      state_.set_next_sample(state_.next_sample() + settings_.micro_batch());
    }
  }
  return absl::OkStatus();
}

GradientOptions Trainer::GradientSettings() {
  return {.seed = static_cast<uint64_t>(settings_.seed()),
          .step = static_cast<uint64_t>(step_),
          .parameters = optimizer_->parameters(),
          .policy = policy_,
          .observer = observer_,
          .checker = checker_.get(),
          .profile = profile_.get(),
          .stoppable = true};
}

absl::Status Trainer::Update() {
  const Profile::Span span(profile_.get(), "step");
  const double begin = Now();
  state_before_ = state_;
  buffers_before_.Take();
  if (absl::Status s = LoadBatches(); !s.ok()) return s;
  StepReport report = {.learning_rate = settings_.lr() * schedule_.Factor(step_),
                       .micro_batches = settings_.accumulation()};
  for (int i = 0; i < settings_.accumulation(); ++i) report.inputs += task_.size(i).inputs;
  const double compute_begin = Now();
  const StepGradient gradient =
      ComputeGradient(task_, settings_.accumulation(), GradientSettings(), recording_);
  report.compute_seconds = Now() - compute_begin;
  if (gradient.stopped) {
    state_ = state_before_;
    buffers_before_.Restore();
    return Stop();
  }
  double norm = gradient.norm;
  if (gradient.bad.empty() && settings_.clip_value() > 0) {
    ClipGradientValues(optimizer_->parameters(), settings_.clip_value());
    norm = GlobalGradientNorm(optimizer_->parameters());
  }
  const double clip_factor = ClipFactor(norm, settings_.clip_norm());
  if (!gradient.bad.empty() || norm * clip_factor > kLargestNorm) {
    if (absl::Status s = OnNonFinite(gradient); !s.ok()) return s;
    report.left_out = true;
    report.gradient_norm = std::numeric_limits<double>::quiet_NaN();
  } else if (gradient.score.count > 0) {
    const Profile::Span update(profile_.get(), "optimizer");
    optimizer_->Step(report.learning_rate, clip_factor);
    if (average_ != nullptr) average_->Update(optimizer_->step_count());
    report.score = gradient.score;
    report.gradient_norm = gradient.norm;
    nonfinite_in_a_row_ = 0;
    WarnOfZeroGradients();
  } else {
    state_.set_skipped_steps(state_.skipped_steps() + 1);
  }
  ++step_;
  report.seconds = Now() - begin;
  AddToSums(report, &state_);
  if (settings_.overfit_one_batch()) state_.set_last_loss(report.score.loss());
  last_step_ = report;
  return absl::OkStatus();
}

void Trainer::WarnOfZeroGradients() {
  for (const Parameter* parameter : zero_gradients_.Observe()) {
    progress_.Line("warning: step %lld: the gradient of %s was all zeros for 100 steps: nothing "
                   "of the loss reaches it",
                   static_cast<long long>(step_ + 1), parameter->name().c_str());
  }
}

bool Trainer::Due(int64_t every) const {
  return step_ == settings_.steps() || (every > 0 && step_ % every == 0);
}

double Trainer::SecondsPerStep() const {
  return (Now() - started_) / static_cast<double>(step_ - first_step_);
}

void Trainer::FormatTimeLeft(char* text, int size) const {
  FormatDuration(SecondsPerStep() * static_cast<double>(settings_.steps() - step_), text, size);
}

void Trainer::ShowProgress() {
  if (!progress_.terminal()) return;
  char loss[kScoreText], left[64];
  if (last_step_.left_out) {
    std::snprintf(loss, sizeof(loss), "left out");
  } else {
    FormatLoss(last_step(), words_, loss, sizeof(loss));
  }
  FormatTimeLeft(left, sizeof(left));
  const double inputs =
      static_cast<double>(step_ - first_step_) * static_cast<double>(last_step_.inputs);
  progress_.Update("step %lld of %lld  %s  %.0f %s/s  %s left", static_cast<long long>(step_),
                   static_cast<long long>(settings_.steps()), loss,
                   inputs / (state_.seconds() - first_seconds_), words_.inputs, left);
}

void Trainer::RemoveOldCheckpoints() {
  for (const std::string& error :
       folder_.RemoveOldCheckpoints(settings_.keep(), folder_.checkpoint(step_))) {
    progress_.Line("warning: %s", error.c_str());
  }
}

absl::Status Trainer::SaveCheckpoint() {
  const Profile::Span span(profile_.get(), "checkpoint");
  SetUnderWay("the checkpoint's write");
  if (absl::Status s = folder_.CheckHeld(); !s.ok()) return s;
  if (absl::Status s = metrics_->Sync(); !s.ok()) return s;
  state_.set_metrics_bytes(metrics_->bytes());
  state_.set_target(KernelTargetName());
  const absl::Status saved = WriteTraining(folder_.checkpoint(step_), Trained(), step_, state_);
  if (!saved.ok()) return saved;
  RemoveOldCheckpoints();
  return absl::OkStatus();
}

absl::Status Trainer::AfterStep() {
  if (Due(settings_.log_every())) {
    char left[64];
    FormatTimeLeft(left, sizeof(left));
    absl::Status s = LogSums(step_, last_step_, words_, left, &state_, *metrics_, progress_);
    if (!s.ok()) return s;
  } else {
    ShowProgress();
  }
  return EvaluateAndSave();
}

absl::Status Trainer::Stop() {
  std::string how;
  if (step_ > 0) {
    progress_.Line("stopping: writing %s", folder_.checkpoint(step_).c_str());
    if (absl::Status s = SaveCheckpoint(); !s.ok()) return s;
    how = absl::StrCat("saved after step ", step_, " of ", settings_.steps());
  } else {
    how = "before the first step was done";
  }
  return StopError(absl::StrCat(how, "; --resume --out_dir=", folder_.path(), " goes on"));
}

absl::Status Trainer::Step() {
  HAIRPIN_CHECK(metrics_ != nullptr) << "Trainer: Step before Start or Resume";
  if (absl::Status s = Update(); !s.ok()) return s;
  if (settings_.overfit_one_batch() && last_step().loss() < kLearntByHeart) {
    settings_.set_steps(step_);
  }
  return AfterStep();
}

}  // namespace hairpin
