#include "tools/training/mlm_trainer.h"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "ops/kernels/target.h"
#include "optim/clip.h"
#include "tensor/check.h"
#include "tools/training/batch_loss.h"

namespace hairpin {
namespace {

double PeakRssMib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024.0;
}

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
                        MaxEvaluationMaskedPerSequence(settings.seq_len())) {
  for (int i = 0; i < settings.accumulation(); ++i) {
    batches_.emplace_back(settings.micro_batch(), settings.seq_len(),
                          loader_.max_masked_per_sequence());
  }
}

nn::StateDict MlmTrainer::State() {
  nn::StateDict state = nn::ParameterState(*model_);
  optimizer_->VisitState([&](const std::string& name, Tensor& tensor) {
    state.push_back({nn::kOptimizerKind, name, tensor});
  });
  return state;
}

absl::Status MlmTrainer::Start() {
  absl::StatusOr<std::unique_ptr<MetricsFile>> metrics = MetricsFile::Open(folder_.metrics(), 0);
  if (!metrics.ok()) return metrics.status();
  metrics_ = *std::move(metrics);
  return metrics_->Append({{"step", 0}, {"unigram_loss", data_.unigram_loss}});
}

absl::Status MlmTrainer::Resume() {
  nn::StateDict state = State();
  std::vector<std::string> passed_over;
  for (const std::string& path : folder_.Checkpoints()) {
    if (absl::Status s = ReadCheckpoint(path, &state); !s.ok()) {
      progress_.Line("passed over: %s", std::string(s.message()).c_str());
      passed_over.push_back(path);
      continue;
    }
    progress_.Line("resuming from %s", path.c_str());
    // Else they would count as the newest, and good ones be removed for them.
    for (const std::string& damaged : passed_over) RunFolder::SetAside(damaged);
    if (state_.target() != KernelTargetName()) {
      progress_.Line("warning: it was computed with %s, this machine uses %s: the bits will differ",
                     state_.target().c_str(), KernelTargetName());
    }
    absl::StatusOr<std::unique_ptr<MetricsFile>> metrics =
        MetricsFile::Open(folder_.metrics(), state_.metrics_bytes());
    if (!metrics.ok()) return metrics.status();
    metrics_ = *std::move(metrics);
    return absl::OkStatus();
  }
  if (!passed_over.empty()) {
    return absl::DataLossError(absl::StrCat(
        "--resume: ", folder_.path(), ": found ", passed_over.size(),
        " checkpoints, the newest ", passed_over.front(), ", expected one that can be read"));
  }
  progress_.Line("no checkpoint yet: starting from step 0");
  return Start();
}

absl::Status MlmTrainer::ReadCheckpoint(const std::string& path, nn::StateDict* state) {
  const absl::StatusOr<nn::CheckpointMetadata> metadata = nn::ReadCheckpointMetadata(path);
  if (!metadata.ok()) return metadata.status();
  // Before any tensor changes.
  TrainingState read;
  if (metadata->state_type() != read.GetTypeName() || !read.ParseFromString(metadata->state())) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": found a state of type '",
                                                   metadata->state_type(), "', expected ",
                                                   read.GetTypeName()));
  }
  if (const auto tensors = nn::ReadCheckpoint(path, state); !tensors.ok()) {
    return tensors.status();
  }
  state_ = read;
  step_ = metadata->step();
  optimizer_->set_step_count(metadata->optimizer_steps());
  return absl::OkStatus();
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

absl::StatusOr<double> MlmTrainer::MicroBatch(const MlmBatch& batch, int index,
                                              int64_t total_masked) {
  recording_.Reset({.seed = static_cast<uint64_t>(settings_.seed()),
                    .step = static_cast<uint64_t>(step_),
                    .micro_batch = static_cast<uint32_t>(index),
                    .train = true});
  const CrossEntropyResult result = BatchLoss(*model_, recording_, batch);
  const double loss = result.loss.value().item();
  if (!std::isfinite(loss)) {
    return NotFinite(absl::StrCat("step ", step_, ", micro-batch ", index, ": found a loss of ", loss));
  }
  state_.set_correct(state_.correct() +
                     static_cast<int64_t>(result.correct.value().item()));
  const Tensor seed = Tensor::Empty(result.loss.spec());
  seed.raw<float>()[0] = static_cast<float>(1.0 / static_cast<double>(total_masked));
  recording_.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  return loss;
}

absl::Status MlmTrainer::Step() {
  const double begin = Now();
  if (absl::Status s = LoadBatches(); !s.ok()) return s;
  int64_t masked = 0, ids = 0;
  for (const MlmBatch& batch : batches_) {
    masked += batch.masked();
    ids += static_cast<int64_t>(batch.ids().size());
  }
  model_->ClearGradients();
  double loss = 0;
  const double compute_begin = Now();
  for (size_t i = 0; i < batches_.size(); ++i) {
    if (batches_[i].masked() == 0) continue;
    const absl::StatusOr<double> part = MicroBatch(batches_[i], static_cast<int>(i), masked);
    if (!part.ok()) return part.status();
    loss += *part;
  }
  const double compute_seconds = Now() - compute_begin;
  learning_rate_ = settings_.lr() * schedule_.Factor(step_);
  if (masked > 0) {
    gradient_norm_ = GlobalGradientNorm(optimizer_->parameters());
    if (!std::isfinite(gradient_norm_)) {
      return NotFinite(absl::StrCat("step ", step_, ": found a gradient norm of ", gradient_norm_));
    }
    optimizer_->Step(learning_rate_, ClipFactor(gradient_norm_, settings_.clip_norm()));
    last_loss_ = loss / static_cast<double>(masked);
  } else {
    state_.set_skipped_steps(state_.skipped_steps() + 1);
    gradient_norm_ = 0;
  }
  ++step_;
  const double seconds = Now() - begin;
  state_.set_loss_sum(state_.loss_sum() + loss);
  state_.set_masked(state_.masked() + masked);
  state_.set_ids(state_.ids() + ids);
  state_.set_micro_batches(state_.micro_batches() + static_cast<int64_t>(batches_.size()));
  state_.set_compute_seconds(state_.compute_seconds() + compute_seconds);
  state_.set_logged_seconds(state_.logged_seconds() + seconds);
  state_.set_seconds(state_.seconds() + seconds);
  return absl::OkStatus();
}

bool MlmTrainer::Due(int64_t every) const {
  return step_ == settings_.steps() || (every > 0 && step_ % every == 0);
}

void MlmTrainer::ShowProgress() {
  if (!progress_.terminal()) return;
  const double per_step = (Now() - started_) / static_cast<double>(step_ - first_step_);
  char left[64];
  FormatDuration(per_step * static_cast<double>(settings_.steps() - step_), left, sizeof(left));
  progress_.Update("step %lld of %lld  loss %.4f  %.0f tokens/s  %s left",
                   static_cast<long long>(step_), static_cast<long long>(settings_.steps()),
                   last_loss_,
                   static_cast<double>(settings_.micro_batch()) * settings_.accumulation() *
                       settings_.seq_len() / per_step,
                   left);
}

absl::Status MlmTrainer::Log() {
  const double masked = static_cast<double>(state_.masked());
  const double per_second = static_cast<double>(state_.ids()) / state_.logged_seconds();
  const double loss = state_.loss_sum() / masked;
  char left[64];
  FormatDuration((Now() - started_) / static_cast<double>(step_ - first_step_) *
                     static_cast<double>(settings_.steps() - step_),
                 left, sizeof(left));
  progress_.Line("step %6lld  loss %.4f  accuracy %.3f  %.0f tokens/s  %s left",
                 static_cast<long long>(step_), loss,
                 static_cast<double>(state_.correct()) / masked, per_second, left);
  if (absl::Status s = metrics_->Append(
          {{"step", step_},
           {"loss", loss},
           {"masked_accuracy", static_cast<double>(state_.correct()) / masked},
           {"grad_norm", gradient_norm_},
           {"lr", learning_rate_},
           {"tokens_per_second", per_second},
           {"ms_per_micro_batch",
            1e3 * state_.compute_seconds() / static_cast<double>(state_.micro_batches())},
           {"rss_mb", PeakRssMib()},
           {"seconds", state_.seconds()}});
      !s.ok()) {
    return s;
  }
  state_.set_loss_sum(0);
  state_.set_masked(0);
  state_.set_correct(0);
  state_.set_ids(0);
  state_.set_micro_batches(0);
  state_.set_compute_seconds(0);
  state_.set_logged_seconds(0);
  return absl::OkStatus();
}

absl::Status MlmTrainer::Evaluate() {
  double loss = 0;
  int64_t masked = 0, correct = 0;
  for (int64_t record = 0; record < data_.evaluation->records();
       record += settings_.micro_batch()) {
    if (absl::Status s = MlmLoader::LoadEvaluation(*data_.evaluation, record, &evaluation_batch_);
        !s.ok()) {
      return s;
    }
    if (evaluation_batch_.masked() == 0) continue;
    recording_.Reset({.train = false, .gradients = false});
    const CrossEntropyResult result = BatchLoss(*model_, recording_, evaluation_batch_);
    loss += result.loss.value().item();
    correct += static_cast<int64_t>(result.correct.value().item());
    masked += evaluation_batch_.masked();
  }
  last_evaluation_loss_ = loss / static_cast<double>(masked);
  const double accuracy = static_cast<double>(correct) / static_cast<double>(masked);
  progress_.Line("step %6lld  evaluation loss %.4f  accuracy %.3f",
                 static_cast<long long>(step_), last_evaluation_loss_, accuracy);
  return metrics_->Append(
      {{"step", step_}, {"eval_loss", last_evaluation_loss_}, {"eval_accuracy", accuracy}});
}

absl::Status MlmTrainer::SaveCheckpoint() {
  if (absl::Status s = metrics_->Sync(); !s.ok()) return s;
  state_.set_metrics_bytes(metrics_->bytes());
  state_.set_target(KernelTargetName());
  nn::CheckpointMetadata metadata;
  nn::PackConfig(model_->config(), &metadata);
  metadata.set_step(step_);
  metadata.set_optimizer_steps(optimizer_->step_count());
  metadata.set_state_type(state_.GetTypeName());
  state_.SerializeToString(metadata.mutable_state());
  const absl::Status saved = nn::WriteCheckpoint(folder_.checkpoint(step_), metadata, State());
  if (!saved.ok()) return saved;
  folder_.RemoveOldCheckpoints(settings_.keep());
  return absl::OkStatus();
}

absl::Status MlmTrainer::AfterStep() {
  const bool last = step_ == settings_.steps();
  if (Due(settings_.log_every())) {
    if (absl::Status s = Log(); !s.ok()) return s;
  } else {
    ShowProgress();
  }
  if (!settings_.overfit_one_batch() && Due(settings_.eval_every())) {
    if (absl::Status s = Evaluate(); !s.ok()) return s;
  }
  if (Due(settings_.checkpoint_every()) || last) return SaveCheckpoint();
  return absl::OkStatus();
}

absl::Status MlmTrainer::Train() {
  HAIRPIN_CHECK(metrics_ != nullptr) << "MlmTrainer: Train before Start or Resume";
  malloc_trim(0);
  started_ = Now();
  first_step_ = step_;
  constexpr double kLearntByHeart = 0.1;
  while (step_ < settings_.steps()) {
    if (absl::Status s = Step(); !s.ok()) return s;
    if (settings_.overfit_one_batch() && last_loss_ < kLearntByHeart) settings_.set_steps(step_);
    if (absl::Status s = AfterStep(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace hairpin
