#include "tools/training/mlm_trainer.h"

#include <cstdio>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "optim/clip.h"
#include "tensor/check.h"
#include "tools/training/mlm_evaluation.h"

namespace hairpin {
namespace {

// The moments are float32: the square of a larger gradient would be infinite in
// them, and its parameter not move any more, though every number of it is finite.
constexpr double kLargestNorm = 1e19;

}  // namespace

MlmTrainer::MlmTrainer(const TrainMlmSettings& settings, const MiniBertConfig& config,
                       const MlmData& data, const RunFolder& folder, Progress& progress)
    : settings_(settings),
      data_(data),
      folder_(folder),
      progress_(progress),
      schedule_{.kind = *ParseScheduleKind(settings.schedule()),
                .warmup_steps = settings.warmup_steps(),
                .total_steps = settings.steps()},
      model_(std::make_unique<MiniBert>(
          nn::ModuleContext{.seed = static_cast<uint64_t>(settings.seed())}, config)),
      optimizer_(std::make_unique<AdamW>(
          DecayMatricesOnly(*model_, settings.weight_decay()),
          AdamWOptions{settings.beta1(), settings.beta2(), settings.adam_epsilon()})),
      loader_(*data.train, {.seed = static_cast<uint64_t>(settings.seed()),
                            .probability = settings.mask_probability(),
                            .vocabulary_size = data.vocabulary->size()}),
      evaluation_batch_(settings.micro_batch(), settings.seq_len(),
                        MaxEvaluationMaskedPerSequence(settings.seq_len())),
      checker_(settings.check_numbers() ? std::make_unique<NumberChecker>() : nullptr),
      zero_gradients_(optimizer_->parameters()) {
  for (int i = 0; i < settings.accumulation(); ++i) {
    batches_.emplace_back(settings.micro_batch(), settings.seq_len(),
                          loader_.max_masked_per_sequence());
  }
}

absl::Status MlmTrainer::Open(int64_t keep_bytes) {
  absl::StatusOr<std::unique_ptr<MetricsFile>> metrics =
      MetricsFile::Open(folder_.metrics(), keep_bytes);
  if (!metrics.ok()) return metrics.status();
  metrics_ = *std::move(metrics);
  started_ = Now();
  first_step_ = step_;
  first_seconds_ = state_.seconds();
  return absl::OkStatus();
}

absl::Status MlmTrainer::Start() {
  if (absl::Status s = Open(0); !s.ok()) return s;
  return metrics_->Append({{"step", 0}, {"unigram_loss", data_.unigram_loss}});
}

absl::Status MlmTrainer::Resume() {
  std::vector<std::string> passed_over;
  for (const std::string& path : folder_.Checkpoints()) {
    const absl::StatusOr<int64_t> step = ReadTraining(path, Trained(), &state_);
    if (!step.ok()) {
      progress_.Line("passed over: %s", std::string(step.status().message()).c_str());
      passed_over.push_back(path);
      continue;
    }
    step_ = *step;
    progress_.Line("resuming from %s", path.c_str());
    // Else they would count as the newest, and good ones be removed for them.
    for (const std::string& damaged : passed_over) RunFolder::SetAside(damaged);
    if (state_.target() != KernelTargetName()) {
      progress_.Line("warning: it was computed with %s, this machine uses %s: the bits will differ",
                     state_.target().c_str(), KernelTargetName());
    }
    return Open(state_.metrics_bytes());
  }
  if (!passed_over.empty()) {
    return absl::DataLossError(absl::StrCat(
        "--resume: ", folder_.path(), ": found ", passed_over.size(),
        " checkpoints, the newest ", passed_over.front(), ", expected one that can be read"));
  }
  progress_.Line("no checkpoint yet: starting from step 0");
  return Start();
}

absl::Status MlmTrainer::LoadBatches() {
  const Profile::Span span(profile_.get(), "data");
  for (MlmBatch& batch : batches_) {
    if (absl::Status s = loader_.Load(state_.next_sample(), &batch); !s.ok()) return s;
    // Overfitting means the first micro-batch with its masks, again and again.
    if (!settings_.overfit_one_batch()) {
      state_.set_next_sample(state_.next_sample() + settings_.micro_batch());
    }
  }
  return absl::OkStatus();
}

GradientOptions MlmTrainer::GradientSettings() {
  return {.seed = static_cast<uint64_t>(settings_.seed()),
          .step = static_cast<uint64_t>(step_),
          .parameters = optimizer_->parameters(),
          .policy = policy_,
          .observer = observer_,
          .checker = checker_.get(),
          .profile = profile_.get()};
}

absl::Status MlmTrainer::Update() {
  const Profile::Span span(profile_.get(), "step");
  const double begin = Now();
  state_before_ = state_;
  if (absl::Status s = LoadBatches(); !s.ok()) return s;
  StepReport report = {.learning_rate = settings_.lr() * schedule_.Factor(step_),
                       .micro_batches = static_cast<int64_t>(batches_.size())};
  for (const MlmBatch& batch : batches_) report.ids += static_cast<int64_t>(batch.ids().size());
  const double compute_begin = Now();
  const StepGradient gradient = ComputeGradient(*model_, batches_, GradientSettings(), recording_);
  report.compute_seconds = Now() - compute_begin;
  const double clip_factor = ClipFactor(gradient.norm, settings_.clip_norm());
  if (!gradient.bad.empty() || gradient.norm * clip_factor > kLargestNorm) {
    if (absl::Status s = OnNonFinite(gradient); !s.ok()) return s;
    report.left_out = true;
    report.gradient_norm = std::numeric_limits<double>::quiet_NaN();
  } else if (gradient.score.masked > 0) {
    const Profile::Span update(profile_.get(), "optimizer");
    optimizer_->Step(report.learning_rate, clip_factor);
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

void MlmTrainer::WarnOfZeroGradients() {
  for (const Parameter* parameter : zero_gradients_.Observe()) {
    progress_.Line("warning: step %lld: the gradient of %s was all zeros for 100 steps: nothing "
                   "of the loss reaches it",
                   static_cast<long long>(step_ + 1), parameter->name().c_str());
  }
}

bool MlmTrainer::Due(int64_t every) const {
  return step_ == settings_.steps() || (every > 0 && step_ % every == 0);
}

double MlmTrainer::SecondsPerStep() const {
  return (Now() - started_) / static_cast<double>(step_ - first_step_);
}

void MlmTrainer::FormatTimeLeft(char* text, int size) const {
  FormatDuration(SecondsPerStep() * static_cast<double>(settings_.steps() - step_), text, size);
}

void MlmTrainer::ShowProgress() {
  if (!progress_.terminal()) return;
  char loss[kScoreText], left[64];
  if (last_step_.left_out) {
    std::snprintf(loss, sizeof(loss), "left out");
  } else {
    FormatLoss(last_step(), loss, sizeof(loss));
  }
  FormatTimeLeft(left, sizeof(left));
  const double ids = static_cast<double>(step_ - first_step_) * settings_.micro_batch() *
                     settings_.accumulation() * settings_.seq_len();
  progress_.Update("step %lld of %lld  %s  %.0f tokens/s  %s left", static_cast<long long>(step_),
                   static_cast<long long>(settings_.steps()), loss,
                   ids / (state_.seconds() - first_seconds_), left);
}

absl::Status MlmTrainer::Evaluate() {
  const Profile::Span span(profile_.get(), "evaluation");
  const absl::StatusOr<MaskedScore> score =
      EvaluateMlm(*model_, *data_.evaluation, &evaluation_batch_, recording_);
  if (!score.ok()) return score.status();
  last_evaluation_ = *score;
  char text[kScoreText];
  FormatScore(*score, text, sizeof(text));
  progress_.Line("step %6lld  evaluation %s", static_cast<long long>(step_), text);
  return metrics_->Append(
      {{"step", step_}, {"eval_loss", score->loss()}, {"eval_accuracy", score->accuracy()}});
}

absl::Status MlmTrainer::SaveCheckpoint() {
  const Profile::Span span(profile_.get(), "checkpoint");
  if (absl::Status s = metrics_->Sync(); !s.ok()) return s;
  state_.set_metrics_bytes(metrics_->bytes());
  state_.set_target(KernelTargetName());
  const absl::Status saved = WriteTraining(folder_.checkpoint(step_), Trained(), step_, state_);
  if (!saved.ok()) return saved;
  folder_.RemoveOldCheckpoints(settings_.keep());
  return absl::OkStatus();
}

absl::Status MlmTrainer::AfterStep() {
  if (Due(settings_.log_every())) {
    char left[64];
    FormatTimeLeft(left, sizeof(left));
    absl::Status s = LogSums(step_, last_step_, left, &state_, *metrics_, progress_);
    if (!s.ok()) return s;
  } else {
    ShowProgress();
  }
  if (!settings_.overfit_one_batch() && Due(settings_.eval_every())) {
    if (absl::Status s = Evaluate(); !s.ok()) return s;
  }
  return Due(settings_.checkpoint_every()) ? SaveCheckpoint() : absl::OkStatus();
}

absl::Status MlmTrainer::Step() {
  HAIRPIN_CHECK(metrics_ != nullptr) << "MlmTrainer: Step before Start or Resume";
  if (absl::Status s = Update(); !s.ok()) return s;
  constexpr double kLearntByHeart = 0.1;
  if (settings_.overfit_one_batch() && last_step().loss() < kLearntByHeart) {
    settings_.set_steps(step_);
  }
  return AfterStep();
}

}  // namespace hairpin
