// Learning rate schedules: a factor in [0, 1] as a pure function of the step.
//
//   Schedule schedule{.kind = ScheduleKind::kLinear, .warmup_steps = 200, .total_steps = 4000};
//   optimizer.Step(1e-3 * schedule.Factor(step));      // step = 0, 1, ...
//
// With w warmup steps, S steps in all, f = min(1, (s + 1) / w), 1 if w = 0, and e the end factor:
//   linear    min(f, e + (1 - e) (S - s) / max(1, S - w))
//   constant  f
//   others    f while s < w, and after that, with p = (s - w) / max(1, S - w):
//   cosine    e + (1 - e) (1 + cos(pi p)) / 2
//   cosine_with_restarts  the same with the part of the present cycle that is over for p
//   warmup_stable_decay   1, and in the last d steps e + (1 - e) D((s - S + d) / d), where D is
//                         1 - x, (1 + cos(pi x)) / 2 or 1 - sqrt(x)
//   one_cycle             instead of f a cosine from 1 / div_factor at s = 0 to 1 at s = w - 1, and
//                         then one to 1 / (div_factor final_div_factor) at s = S - 1
// After the last step each stays at its end: at e, one_cycle at its last value, constant at 1.
//
// The first step moves already, and none before the end has rate 0: transformers' schedules of the
// same names start at 0. But for that these are transformers' (its cosine_with_hard_restarts and
// cosine_with_min_lr, too), and PyTorch's OneCycleLR (of the rate alone, not of the momentum) and
// CosineAnnealingWarmRestarts: T_0 and T_mult are S = T_0 (1 + T_mult + T_mult^2 ...) with a term
// for each cycle, and cycle_growth.
// Sources: Loshchilov and Hutter, "SGDR", 2017; Smith and Topin, "Super-convergence", 2018; Hu et
// al., "MiniCPM", 2024.
#ifndef HAIRPIN_OPTIM_SCHEDULE_H_
#define HAIRPIN_OPTIM_SCHEDULE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace hairpin {

enum class ScheduleKind {
  kLinear,
  kCosine,
  kConstant,
  kCosineWithRestarts,
  kOneCycle,
  kWarmupStableDecay,
};

// The names in the table above; nothing for another.
std::optional<ScheduleKind> ParseScheduleKind(std::string_view name);
const char* Name(ScheduleKind kind);

// D above, under transformers' names "linear", "cosine" and "1-sqrt".
enum class DecayShape { kLinear, kCosine, kOneMinusRoot };
std::optional<DecayShape> ParseDecayShape(std::string_view name);
const char* Name(DecayShape shape);

struct Schedule {
  ScheduleKind kind = ScheduleKind::kLinear;
  int64_t warmup_steps = 0;
  int64_t total_steps = 1;
  double end_factor = 0;  // not read by constant and one_cycle

  // Of cosine_with_restarts: how many cycles, and how much longer each is than the one before.
  int64_t cycles = 1;
  double cycle_growth = 1;
  // Of warmup_stable_decay: d; 0 is a tenth of all steps, rounded up.
  int64_t decay_steps = 0;
  DecayShape decay_shape = DecayShape::kCosine;
  // Of one_cycle.
  double div_factor = 25;
  double final_div_factor = 1e4;

  // 0 <= step.
  double Factor(int64_t step) const;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_SCHEDULE_H_
