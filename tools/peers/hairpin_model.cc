// RunModelTask: micro-batches and steps as Trainer does them, timed as every peer's.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "autograd/policy.h"
#include "models/mini_bert/mini_bert.h"
#include "ops/kernels/machine_peak.h"
#include "ops/reshape.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tensor/thread_pool.h"
#include "tools/peers/hairpin_tasks.h"
#include "tools/peers/median.h"
#include "tools/training/progress.h"

namespace hairpin {
namespace {

// Measuring the peak, before the steps and once more after them, as a share of their time.
constexpr double kPeakShare = 0.1;

MiniBertConfig Config(const nlohmann::json& sizes) {
  MiniBertConfig config;
  config.set_layers(sizes["layers"]);
  config.set_hidden(sizes["hidden"]);
  config.set_heads(sizes["heads"]);
  config.set_intermediate(sizes["intermediate"]);
  config.set_seq_len(sizes["sequence"]);
  config.set_vocab_size(sizes["vocabulary"]);
  return config;
}

Tensor Ids(const nlohmann::json& json, const Shape& shape, Allocator& allocator) {
  const auto numbers = json.get<std::vector<int32_t>>();
  Tensor tensor = Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, allocator);
  if (!tensor.dry()) std::copy(numbers.begin(), numbers.end(), tensor.raw<int32_t>());
  return tensor;
}

class Model {
 public:
  // With a dry allocator it counts memory and does nothing else.
  Model(const nlohmann::json& task, Allocator& allocator)
      : allocator_(allocator),
        all_logits_(task["head"] == "all"),
        updates_(task["optimizer"]),
        policy_(task["checkpointing"] ? RecomputeSegments() : KeepAll()),
        model_({.allocator = &allocator}, Config(task["model"])),
        optimizer_(DecayMatricesOnly(model_, 0.01)) {
    const int64_t T = task["model"]["sequence"], B = task["batch"];
    for (const nlohmann::json& batch : task["micro_batches"]) {
      const auto M = static_cast<int64_t>(batch["labels"].size());
      batches_.push_back({.ids = Ids(batch["ids"], Shape({B, T}), allocator),
                          .rows = all_logits_ ? Tensor()
                                              : Ids(batch["rows"], Shape({M}), allocator),
                          .labels = Ids(batch["labels"], Shape({M}), allocator)});
      const auto share = static_cast<double>(M * task["micro_batches"].size());
      batches_.back().seed = Tensor::Empty({DType::kFloat32, Shape()}, Purpose::kActivation,
                                           allocator);
      if (!allocator.dry()) *batches_.back().seed.raw<float>() = static_cast<float>(1 / share);
    }
  }

  // Adds the gradient of micro-batch i; the mean loss of its rows.
  double MicroBatch(size_t i) {
    const Batch& batch = batches_[i];
    recording_.Reset({.train = true, .allocator = &allocator_, .policy = &policy_});
    MiniBertInputs inputs = {.ids = recording_.Constant(batch.ids)};
    if (!all_logits_) inputs.masked_rows = recording_.Constant(batch.rows);
    Variable logits = model_.Forward(std::move(inputs));
    if (all_logits_) logits = Reshape(std::move(logits), {-1, model_.config().vocab_size()});
    const CrossEntropyResult result =
        MaskedLanguageModelLoss(std::move(logits), recording_.Constant(batch.labels));
    const double loss = allocator_.dry() ? 0 : result.loss.value().item();
    recording_.Backward(absl::MakeConstSpan(&result.loss, 1),
                        absl::MakeConstSpan(&batch.seed, 1));
    return loss / static_cast<double>(batch.labels.num_elements());
  }

  // Uses the gradients up.
  void Update() {
    if (updates_) {
      const double factor =
          allocator_.dry() ? 1 : ClipFactor(GlobalGradientNorm(optimizer_.parameters()), 1.0);
      optimizer_.Step(1e-4, factor);
    }
    model_.ClearGradients();
  }

  size_t num_batches() const { return batches_.size(); }

 private:
  struct Batch {
    Tensor ids, rows, labels;
    Tensor seed = {};  // 1 over the rows of all micro-batches
  };
  Allocator& allocator_;
  const bool all_logits_, updates_;
  const SavedPolicy& policy_;
  MiniBert model_;
  AdamW optimizer_;
  std::vector<Batch> batches_;
  Recording recording_;
};

struct Times {
  std::vector<double> micro_batches, steps;
  double loss = 0;
};

// tools/peers/steps.py says the rule: whole steps for `seconds`, at least `least`.
Times WholeSteps(Model& model, double seconds, size_t least) {
  Times times;
  const double first = Now();
  while (times.steps.size() < least || Now() - first < seconds) {
    const double begin = Now();
    for (size_t i = 0; i < model.num_batches(); ++i) {
      const double micro_begin = Now();
      times.loss = model.MicroBatch(i);
      times.micro_batches.push_back(Now() - micro_begin);
    }
    model.Update();
    times.steps.push_back(Now() - begin);
  }
  return times;
}

}  // namespace

absl::StatusOr<nlohmann::ordered_json> RunModelTask(const nlohmann::json& task) {
  Allocator rehearsal(Allocator::Kind::kDry);
  {
    Model model(task, rehearsal);
    WholeSteps(model, 0, 2);
  }
  Allocator::Default().Expect(rehearsal);
  Model model(task, Allocator::Default());
  const double seconds = task["seconds"];
  const auto peak = [&] {
    return MeasureMultiplyAdds(NumThreads(), kPeakShare * seconds).float32_flops;
  };
  const double before = peak();
  WholeSteps(model, task["warm_up_seconds"], 1);
  const Times times = WholeSteps(model, seconds, 2);
  const double after = peak();
  if (!std::isfinite(times.loss)) {
    return absl::DataLossError(absl::StrCat("found a loss of ", times.loss, ", expected a number"));
  }
  return nlohmann::ordered_json{{"micro_batch", Median(times.micro_batches)},
                                {"step", Median(times.steps)},
                                {"loss", times.loss},
                                {"peak_flops", std::max(before, after)},
                                {"least_peak_flops", std::min(before, after)}};
}

}  // namespace hairpin
