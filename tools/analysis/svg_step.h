// DrawStep: a training step as a picture: time by operation above, memory over
// the step below.
//
//   const absl::Status s = WriteFileAtomically(path, DrawStep(report));
//
// Times are those measured; of a step that was not run, what its FLOPs would take
// at the machine's measured peak, and the picture says so.
#ifndef HAIRPIN_TOOLS_ANALYSIS_SVG_STEP_H_
#define HAIRPIN_TOOLS_ANALYSIS_SVG_STEP_H_

#include <string>
#include <vector>

#include "tools/analysis/analysis_report.h"

namespace hairpin {

// A whole SVG file.
std::string DrawStep(const AnalysisReport& report);

// One bar: an operation, all layers together, or what is none. Seconds of a step.
struct TimeBar {
  std::string name;
  double forward = 0, again = 0, backward = 0, other = 0;  // again: replays, in backward
  double flops = 0;
  double seconds() const { return forward + again + backward + other; }
};

// The longest first.
std::vector<TimeBar> TimeBars(const AnalysisReport& report);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_SVG_STEP_H_
