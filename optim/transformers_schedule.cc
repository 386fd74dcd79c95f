#include "optim/transformers_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hairpin {

double TransformersSchedule::Factor(int64_t step) const {
  const double s = static_cast<double>(step), w = static_cast<double>(warmup_steps);
  if (step < warmup_steps) return s / std::max(1.0, w);
  const double total = static_cast<double>(total_steps);
  const double rest = std::max(1.0, total - w);
  switch (kind) {
    case TransformersScheduleKind::kLinear: return std::max(0.0, (total - s) / rest);
    case TransformersScheduleKind::kCosine:
      return std::max(0.0,
                      0.5 * (1 + std::cos(2 * std::numbers::pi * cycles * ((s - w) / rest))));
    case TransformersScheduleKind::kInverseSqrt: {
      const int64_t otherwise = warmup_steps > 0 ? warmup_steps : 10000;
      const double t = static_cast<double>(timescale > 0 ? timescale : otherwise);
      return 1 / std::sqrt((s + t - w) / t);
    }
    case TransformersScheduleKind::kConstant: return 1;
  }
  return 1;
}

}  // namespace hairpin
