#include "tools/training/step_gradient.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "optim/clip.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

// Adds the gradient of one micro-batch; returns what is not finite, or "".
std::string MicroBatch(TrainingTask& task, int micro_batch, int64_t total, Recording& recording,
                       Score* score) {
  const TaskLoss result = task.Record(recording, micro_batch);
  const double loss = result.loss.value().item();
  if (!std::isfinite(loss)) return absl::StrCat("found a loss of ", loss);
  const Tensor seed = Tensor::Empty(result.loss.spec());
  seed.raw<float>()[0] = static_cast<float>(1.0 / static_cast<double>(total));
  recording.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  score->Add(ScoreOf(result, task.size(micro_batch).count));
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

StepGradient ComputeGradient(TrainingTask& task, int micro_batches,
                             const GradientOptions& options, Recording& recording) {
  StepGradient gradient;
  int64_t total = 0;
  for (int i = 0; i < micro_batches; ++i) total += task.size(i).count;
  Observers observers(options);
  task.model().ClearGradients();
  for (int i = 0; i < micro_batches; ++i) {
    if (options.stoppable && StopAsked()) {
      gradient.stopped = true;
      return gradient;
    }
    if (task.size(i).count == 0) continue;
    const Profile::Span span(options.profile, "micro-batch");
    SetUnderWay("the micro-batch");
    recording.Reset({.seed = options.seed,
                     .step = options.step,
                     .micro_batch = static_cast<uint32_t>(i),
                     .train = true,
                     .policy = options.policy,
                     .observer = observers.get()});
    const std::string bad = MicroBatch(task, i, total, recording, &gradient.score);
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

std::string ExplainNotFinite(TrainingTask& task, int micro_batches, GradientOptions options,
                             Recording& recording) {
  NumberChecker checker;
  options.checker = &checker;
  options.profile = nullptr;
  options.stoppable = false;
  const StepGradient again = ComputeGradient(task, micro_batches, options, recording);
  if (checker.found()) return again.bad;
  // Gradients of a value used twice are summed by the graph, not by an operation;
  // and a machine can err.
  return again.bad.empty() ? "when it was computed again, all numbers were finite"
                           : absl::StrCat(again.bad, ", and no operation made it");
}

}  // namespace hairpin
