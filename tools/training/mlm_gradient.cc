#include "tools/training/mlm_gradient.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "optim/clip.h"
#include "tools/training/batch_loss.h"

namespace hairpin {
namespace {

// Adds the gradient of one micro-batch; returns what is not finite, or "".
std::string MicroBatch(MiniBert& model, const MlmBatch& batch, int64_t total_masked,
                       Recording& recording, MaskedScore* score) {
  const CrossEntropyResult result = BatchLoss(model, recording, batch);
  const double loss = result.loss.value().item();
  if (!std::isfinite(loss)) return absl::StrCat("found a loss of ", loss);
  const Tensor seed = Tensor::Empty(result.loss.spec());
  seed.raw<float>()[0] = static_cast<float>(1.0 / static_cast<double>(total_masked));
  recording.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  score->loss_sum += loss;
  score->correct += static_cast<int64_t>(result.correct.value().item());
  return {};
}

// Up to three observers as one; null where there are none.
class Observers {
 public:
  explicit Observers(const GradientOptions& options) {
    std::vector<Observer*> all;
    for (Observer* observer : {options.observer, static_cast<Observer*>(options.checker),
                               static_cast<Observer*>(options.profile)}) {
      if (observer != nullptr) all.push_back(observer);
    }
    if (!all.empty()) list_ = std::make_unique<ObserverList>(std::move(all));
  }
  Observer* get() { return list_.get(); }

 private:
  std::unique_ptr<ObserverList> list_;
};

}  // namespace

StepGradient ComputeGradient(MiniBert& model, absl::Span<const MlmBatch> batches,
                             const GradientOptions& options, Recording& recording) {
  StepGradient gradient;
  for (const MlmBatch& batch : batches) gradient.score.masked += batch.masked();
  Observers observers(options);
  model.ClearGradients();
  for (size_t i = 0; i < batches.size(); ++i) {
    if (batches[i].masked() == 0) continue;
    const Profile::Span span(options.profile, "micro-batch");
    recording.Reset({.seed = options.seed,
                     .step = options.step,
                     .micro_batch = static_cast<uint32_t>(i),
                     .train = true,
                     .policy = options.policy,
                     .observer = observers.get()});
    const std::string bad =
        MicroBatch(model, batches[i], gradient.score.masked, recording, &gradient.score);
    const bool found = options.checker != nullptr && options.checker->found();
    if (bad.empty() && !found) continue;
    gradient.bad = absl::StrCat("micro-batch ", i, ": ",
                                found ? "found " + options.checker->Report() : bad);
    return gradient;
  }
  const Profile::Span span(options.profile, "gradient norm");
  gradient.norm = GlobalGradientNorm(options.parameters);
  if (!std::isfinite(gradient.norm)) {
    gradient.bad = absl::StrCat("found a gradient norm of ", gradient.norm);
  }
  return gradient;
}

std::string ExplainNotFinite(MiniBert& model, absl::Span<const MlmBatch> batches,
                             GradientOptions options, Recording& recording) {
  NumberChecker checker;
  options.checker = &checker;
  options.profile = nullptr;
  const StepGradient again = ComputeGradient(model, batches, options, recording);
  if (checker.found()) return again.bad;
  // Gradients of a value used twice are summed by the graph, not by an operation;
  // and a machine can err.
  return again.bad.empty() ? "when it was computed again, all numbers were finite"
                           : absl::StrCat(again.bad, ", and no operation made it");
}

}  // namespace hairpin
