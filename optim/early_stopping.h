// EarlyStopping: says when evaluations no longer get better.
//
//   EarlyStopping stopping({.patience = 5, .min_delta = 1e-3});
//   if (stopping.Observe(eval_loss)) break;
//   if (stopping.improved()) SaveBest();
//
// An observation is better than the best so far if it is lower by more than min_delta (higher, if
// larger_is_better), and it becomes the best then; NaN never is. After `patience` observations in a
// row that are not, Observe says stop, as in Keras and transformers.
#ifndef HAIRPIN_OPTIM_EARLY_STOPPING_H_
#define HAIRPIN_OPTIM_EARLY_STOPPING_H_

#include <cstdint>
#include <limits>

namespace hairpin {

struct EarlyStoppingOptions {
  int64_t patience = 10;  // at least 1; CHECKed
  double min_delta = 0;   // at least 0; CHECKed
  bool larger_is_better = false;
};

// What a checkpoint holds, so that a resumed training stops where the other would.
struct EarlyStoppingState {
  double best = std::numeric_limits<double>::quiet_NaN();
  int64_t since_best = 0;  // observations after the best
};

class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options = {});

  // Whether to stop.
  bool Observe(double value);

  // Whether the last observation was the best so far; false before any.
  bool improved() const { return state_.since_best == 0 && state_.best == state_.best; }
  // NaN before the first observation that is a number.
  double best() const { return state_.best; }

  const EarlyStoppingState& state() const { return state_; }
  void Restore(const EarlyStoppingState& state) { state_ = state; }

 private:
  EarlyStoppingOptions options_;
  EarlyStoppingState state_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_EARLY_STOPPING_H_
