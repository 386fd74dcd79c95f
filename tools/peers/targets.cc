#include "tools/peers/targets.h"

#include <string_view>

namespace hairpin {
namespace {

enum class Of { kRatio, kMedian };
enum class Bound { kAtLeast, kAtMost };

struct Asked {
  std::string_view row;  // itself, or with '_' at its end all that begin so
  bool flagship;
  const char* program;
  Of of;
  Bound bound;
  double value;  // seconds, bytes, bytes a second
};

constexpr Asked kAsked[] = {
    {"one_thread", true, "PyTorch", Of::kRatio, Bound::kAtLeast, 1.5},
    {"micro_batch", true, "PyTorch", Of::kRatio, Bound::kAtLeast, 1.8},
    {"step", true, "PyTorch", Of::kRatio, Bound::kAtLeast, 1.8},
    {"all_logits", true, "PyTorch", Of::kRatio, Bound::kAtLeast, 1.5},
    {"peak_share", true, "Hairpin", Of::kMedian, Bound::kAtLeast, 0.75},
    {"second_core", true, "Hairpin", Of::kMedian, Bound::kAtLeast, 0.93},
    {"sizes_", false, "PyTorch", Of::kRatio, Bound::kAtLeast, 1},
    {"sizes", false, "PyTorch over Hairpin", Of::kMedian, Bound::kAtLeast, 1.3},
    {"growth_", true, "Hairpin", Of::kMedian, Bound::kAtMost, 1.3},
    {"memory", true, "Hairpin", Of::kMedian, Bound::kAtMost, 100.0 * (1 << 20)},
    {"memory_checkpointing", true, "Hairpin", Of::kMedian, Bound::kAtMost, 100.0 * (1 << 20)},
    {"tokenizing", true, "Hairpin", Of::kMedian, Bound::kAtLeast, 20e6},
    {"tokenizing", true, "tokenizers", Of::kRatio, Bound::kAtLeast, 5},
    {"vocabulary", true, "tokenizers", Of::kRatio, Bound::kAtLeast, 1},
    {"start", true, "Hairpin", Of::kMedian, Bound::kAtMost, 0.5},
    {"zoo_", false, "PyTorch", Of::kRatio, Bound::kAtLeast, 1},
    {"zoo", false, "PyTorch over Hairpin", Of::kMedian, Bound::kAtLeast, 1.5},
    {"zoo memory", false, "PyTorch over Hairpin", Of::kMedian, Bound::kAtLeast, 2}};

}  // namespace

std::vector<Target> TargetsOf(const std::string& row, bool flagship) {
  std::vector<Target> targets;
  for (const Asked& asked : kAsked) {
    const bool same = asked.row.ends_with('_') ? row.starts_with(asked.row) : row == asked.row;
    if (!same || (asked.flagship && !flagship)) continue;
    targets.push_back({asked.program, asked.of == Of::kRatio, asked.bound == Bound::kAtMost,
                       asked.value});
  }
  return targets;
}

}  // namespace hairpin
