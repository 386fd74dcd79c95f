#include "optim/early_stopping.h"

#include <cmath>

#include "tensor/check.h"

namespace hairpin {

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options) : options_(options) {
  HAIRPIN_CHECK(options.patience >= 1 && options.min_delta >= 0)
      << "EarlyStopping: found patience " << options.patience << " and min_delta "
      << options.min_delta << ", expected at least 1 and at least 0";
}

bool EarlyStopping::Observe(double value) {
  const double gain = options_.larger_is_better ? value - state_.best : state_.best - value;
  const bool first = std::isnan(state_.best) && !std::isnan(value);
  if (first || gain > options_.min_delta) {
    state_ = {.best = value, .since_best = 0};
  } else {
    ++state_.since_best;
  }
  return state_.since_best >= options_.patience;
}

}  // namespace hairpin
