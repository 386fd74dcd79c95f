#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hairpin {

std::optional<ScheduleKind> ParseScheduleKind(std::string_view name) {
  for (const ScheduleKind kind :
       {ScheduleKind::kLinear, ScheduleKind::kCosine, ScheduleKind::kConstant}) {
    if (name == Name(kind)) return kind;
  }
  return std::nullopt;
}

const char* Name(ScheduleKind kind) {
  switch (kind) {
    case ScheduleKind::kLinear: return "linear";
    case ScheduleKind::kCosine: return "cosine";
    case ScheduleKind::kConstant: return "constant";
  }
  return "unknown";
}

double Schedule::Factor(int64_t step) const {
  const double s = static_cast<double>(step), w = static_cast<double>(warmup_steps);
  const double total = static_cast<double>(total_steps);
  const double warm = warmup_steps == 0 ? 1 : std::min(1.0, (s + 1) / w);
  const double rest = std::max(1.0, total - w);
  switch (kind) {
    case ScheduleKind::kLinear: return std::max(0.0, std::min(warm, (total - s) / rest));
    case ScheduleKind::kCosine:
      if (step < warmup_steps) return warm;
      return 0.5 * (1 + std::cos(std::numbers::pi * std::min(s - w, rest) / rest));
    case ScheduleKind::kConstant: return warm;
  }
  return warm;
}

}  // namespace hairpin
