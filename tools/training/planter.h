// A broken kernel, for tests of what a training does about it.
#ifndef HAIRPIN_TOOLS_TRAINING_PLANTER_H_
#define HAIRPIN_TOOLS_TRAINING_PLANTER_H_

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "autograd/observer.h"

namespace hairpin {

// Writes `value` into the first number of a result, at chosen runs, into all of them
// with `all`, while it is `on`.
class Planter final : public Observer {
 public:
  Planter(std::string scope, RunPhase phase, int result,
          float value = std::numeric_limits<float>::quiet_NaN())
      : scope_(std::move(scope)), phase_(phase), result_(result), value_(value) {}
  void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
    if (!on || run.phase != phase_ || run.scope != scope_) return;
    if (result_ >= static_cast<int>(results.size()) || !results[result_]) return;
    ++hits;
    const Tensor& result = results[result_];
    if (all) std::fill_n(result.raw<float>(), result.num_elements(), value_);
    result.raw<float>()[0] = value_;
  }
  bool on = true;
  bool all = false;
  int hits = 0;

 private:
  std::string scope_;
  RunPhase phase_;
  int result_;
  float value_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_PLANTER_H_
