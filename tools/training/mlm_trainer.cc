#include "tools/training/mlm_trainer.h"

#include <malloc.h>

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "optim/clip.h"
#include "tensor/check.h"
#include "tools/training/batch_loss.h"
#include "tools/training/mlm_evaluation.h"

namespace hairpin {

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
                        MaxEvaluationMaskedPerSequence(settings.seq_len())) {
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
  for (MlmBatch& batch : batches_) {
    if (absl::Status s = loader_.Load(state_.next_sample(), &batch); !s.ok()) return s;
    // Overfitting means the first micro-batch with its masks, again and again.
    if (!settings_.overfit_one_batch()) {
      state_.set_next_sample(state_.next_sample() + settings_.micro_batch());
    }
  }
  return absl::OkStatus();
}

absl::Status MlmTrainer::NotFinite(const std::string& found) const {
  const std::vector<std::string> checkpoints = folder_.Checkpoints();
  return absl::DataLossError(absl::StrCat(
      found, ", expected a finite number; this step changed no parameters, ",
      checkpoints.empty() ? "and no checkpoint was written yet"
                          : absl::StrCat("the last checkpoint is ", checkpoints.front())));
}

absl::StatusOr<MaskedScore> MlmTrainer::MicroBatch(const MlmBatch& batch, int index,
                                                   int64_t total_masked) {
  recording_.Reset({.seed = static_cast<uint64_t>(settings_.seed()),
                    .step = static_cast<uint64_t>(step_),
                    .micro_batch = static_cast<uint32_t>(index),
                    .train = true});
  const CrossEntropyResult result = BatchLoss(*model_, recording_, batch);
  const double loss = result.loss.value().item();
  if (!std::isfinite(loss)) {
    return NotFinite(
        absl::StrCat("step ", step_, ", micro-batch ", index, ": found a loss of ", loss));
  }
  const Tensor seed = Tensor::Empty(result.loss.spec());
  seed.raw<float>()[0] = static_cast<float>(1.0 / static_cast<double>(total_masked));
  recording_.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  return MaskedScore{.loss_sum = loss,
                     .correct = static_cast<int64_t>(result.correct.value().item()),
                     .masked = batch.masked()};
}

absl::Status MlmTrainer::Update() {
  const double begin = Now();
  if (absl::Status s = LoadBatches(); !s.ok()) return s;
  StepReport report = {.learning_rate = settings_.lr() * schedule_.Factor(step_),
                       .micro_batches = static_cast<int64_t>(batches_.size())};
  for (const MlmBatch& batch : batches_) {
    report.score.masked += batch.masked();
    report.ids += static_cast<int64_t>(batch.ids().size());
  }
  model_->ClearGradients();
  const double compute_begin = Now();
  for (size_t i = 0; i < batches_.size(); ++i) {
    if (batches_[i].masked() == 0) continue;
    const auto part = MicroBatch(batches_[i], static_cast<int>(i), report.score.masked);
    if (!part.ok()) return part.status();
    report.score.loss_sum += part->loss_sum;
    report.score.correct += part->correct;
  }
  report.compute_seconds = Now() - compute_begin;
  if (report.score.masked > 0) {
    const double norm = GlobalGradientNorm(optimizer_->parameters());
    if (!std::isfinite(norm)) {
      return NotFinite(absl::StrCat("step ", step_, ": found a gradient norm of ", norm));
    }
    optimizer_->Step(report.learning_rate, ClipFactor(norm, settings_.clip_norm()));
    report.gradient_norm = norm;
  } else {
    state_.set_skipped_steps(state_.skipped_steps() + 1);
  }
  ++step_;
  report.seconds = Now() - begin;
  AddToSums(report, &state_);
  last_step_ = report;
  return absl::OkStatus();
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
  FormatLoss(last_step(), loss, sizeof(loss));
  FormatTimeLeft(left, sizeof(left));
  progress_.Update("step %lld of %lld  %s  %.0f tokens/s  %s left", static_cast<long long>(step_),
                   static_cast<long long>(settings_.steps()), loss,
                   static_cast<double>(settings_.micro_batch()) * settings_.accumulation() *
                       settings_.seq_len() / SecondsPerStep(),
                   left);
}

absl::Status MlmTrainer::Evaluate() {
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

absl::Status MlmTrainer::Train() {
  malloc_trim(0);
  while (step_ < settings_.steps()) {
    if (absl::Status s = Step(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace hairpin
