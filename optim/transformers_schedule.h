// The learning rate schedules of Hugging Face's transformers, for comparison with
// runs there. Their warmup is f = s / w, so that step 0 has rate 0 (those of
// optim/schedule.h move at once).
//
//   linear        f, then max(0, (S - s) / (S - w))
//   cosine        f, then max(0, (1 + cos(2 pi cycles (s - w) / (S - w))) / 2)
//   inverse sqrt  f, then 1 / sqrt((s + t - w) / t), t the timescale
//   constant      f, then 1
#ifndef HAIRPIN_OPTIM_TRANSFORMERS_SCHEDULE_H_
#define HAIRPIN_OPTIM_TRANSFORMERS_SCHEDULE_H_

#include <cstdint>

namespace hairpin {

enum class TransformersScheduleKind { kLinear, kCosine, kInverseSqrt, kConstant };

struct TransformersSchedule {
  TransformersScheduleKind kind = TransformersScheduleKind::kLinear;
  int64_t warmup_steps = 0;
  int64_t total_steps = 1;  // not read by kInverseSqrt and kConstant
  double cycles = 0.5;      // of kCosine, which rises again after total_steps
  // Of kInverseSqrt; 0: the warmup steps, or 10,000 where there are none.
  int64_t timescale = 0;

  // What the base rate is multiplied by, 0 <= step.
  double Factor(int64_t step) const;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_TRANSFORMERS_SCHEDULE_H_
