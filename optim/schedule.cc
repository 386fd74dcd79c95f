#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace hairpin {
namespace {

// The words of an enum, in the order of its values.
constexpr const char* kKinds[] = {"linear",    "cosine",
                                  "constant",  "cosine_with_restarts",
                                  "one_cycle", "warmup_stable_decay"};
constexpr const char* kShapes[] = {"linear", "cosine", "1-sqrt"};

template <class Enum, size_t kCount>
std::optional<Enum> Parse(const char* const (&words)[kCount], std::string_view name) {
  const auto found = std::find(std::begin(words), std::end(words), name);
  if (found == std::end(words)) return std::nullopt;
  return static_cast<Enum>(found - std::begin(words));
}

// From 1 at 0 to 0 at 1.
double HalfCosine(double p) { return 0.5 * (1 + std::cos(std::numbers::pi * p)); }

double Decay(DecayShape shape, double x) {
  switch (shape) {
    case DecayShape::kLinear: return 1 - x;
    case DecayShape::kCosine: return HalfCosine(x);
    case DecayShape::kOneMinusRoot: return 1 - std::sqrt(x);
  }
  return 0;
}

// Which part of the cycle that step t of `steps` is in is over.
double PartOfCycle(double t, double steps, int64_t cycles, double growth) {
  const double c = static_cast<double>(cycles);
  if (t >= steps) return 1;
  double length = growth == 1 ? steps / c : steps * (growth - 1) / (std::pow(growth, c) - 1);
  for (int64_t i = 1; i < cycles && t >= length; ++i) {
    t -= length;
    length *= growth;
  }
  return std::min(1.0, t / length);
}

}  // namespace

std::optional<ScheduleKind> ParseScheduleKind(std::string_view name) {
  return Parse<ScheduleKind>(kKinds, name);
}

const char* Name(ScheduleKind kind) { return kKinds[static_cast<int>(kind)]; }

std::optional<DecayShape> ParseDecayShape(std::string_view name) {
  return Parse<DecayShape>(kShapes, name);
}

const char* Name(DecayShape shape) { return kShapes[static_cast<int>(shape)]; }

double Schedule::Factor(int64_t step) const {
  const double s = static_cast<double>(step), w = static_cast<double>(warmup_steps);
  const double total = static_cast<double>(total_steps);
  const double warm = warmup_steps == 0 ? 1 : std::min(1.0, (s + 1) / w);
  const double rest = std::max(1.0, total - w);
  const double after = std::min(s - w, rest);
  const auto ends = [&](double shape) { return end_factor + (1 - end_factor) * shape; };
  switch (kind) {
    case ScheduleKind::kLinear:
      return std::min(warm, ends(std::max(0.0, (total - s) / rest)));
    case ScheduleKind::kConstant: return warm;
    case ScheduleKind::kCosine:
      return step < warmup_steps ? warm : ends(HalfCosine(after / rest));
    case ScheduleKind::kCosineWithRestarts:
      if (step < warmup_steps) return warm;
      return ends(HalfCosine(PartOfCycle(after, rest, cycles, cycle_growth)));
    case ScheduleKind::kOneCycle: {
      const double start = 1 / div_factor, end = start / final_div_factor;
      if (step < warmup_steps) {
        return w == 1 ? 1 : start + (1 - start) * HalfCosine(1 - s / (w - 1));
      }
      return end + (1 - end) * HalfCosine(std::min(after + 1, rest) / rest);
    }
    case ScheduleKind::kWarmupStableDecay: {
      const double decay =
          decay_steps > 0 ? static_cast<double>(decay_steps) : std::max(1.0, std::ceil(total / 10));
      if (step < warmup_steps) return warm;
      if (s < total - decay) return 1;
      return ends(Decay(decay_shape, std::min(1.0, (s - total + decay) / decay)));
    }
  }
  return warm;
}

}  // namespace hairpin
