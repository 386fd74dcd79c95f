// Learning rate schedules: a factor in [0, 1] as a pure function of the step.
//
//   Schedule schedule{.kind = ScheduleKind::kLinear, .warmup_steps = 200, .total_steps = 4000};
//   optimizer.Step(1e-3 * schedule.Factor(step));      // step = 0, 1, ...
//
// With w warmup steps, S steps in all and f = min(1, (s + 1) / w), 1 if w = 0:
//   linear:   min(f, (S - s) / max(1, S - w))
//   cosine:   f while s < w, then (1 + cos(pi (s - w) / max(1, S - w))) / 2
//   constant: f
// After the last step linear and cosine stay at 0.
// The first step moves already, and none has rate 0: transformers' schedules of
// the same names start at 0.
#ifndef HAIRPIN_OPTIM_SCHEDULE_H_
#define HAIRPIN_OPTIM_SCHEDULE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace hairpin {

enum class ScheduleKind { kLinear, kCosine, kConstant };

// "linear", "cosine", "constant"; nothing for another name.
std::optional<ScheduleKind> ParseScheduleKind(std::string_view name);
const char* Name(ScheduleKind kind);

struct Schedule {
  ScheduleKind kind = ScheduleKind::kLinear;
  int64_t warmup_steps = 0;
  int64_t total_steps = 1;

  // 0 <= step.
  double Factor(int64_t step) const;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_SCHEDULE_H_
