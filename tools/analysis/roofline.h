// The roofline of a measured step: how fast each operation runs beside what the machine
// would let it, which is the lesser of its peak of multiply-adds and of the rate at which
// memory delivers what an operation needs for each FLOP.
//
//   const AnalysisReport report = {settings, step, &measured, MeasureMachinePeak(2)};
//   for (const RoofPoint& point : RoofPoints(step, measured)) {
//     std::printf("%s: %.0f %% of its roof\n", point.name.c_str(),
//                 100 * point.rate() / Roof(report.machine, point.intensity()));
//   }
//   WriteFileAtomically(path, DrawRoofline(report));
//
// S. Williams, A. Waterman, D. Patterson: Roofline: an insightful visual performance model
// for multicore architectures (CACM 52, 2009). docs/performance.md says how to read it.
#ifndef HAIRPIN_TOOLS_ANALYSIS_ROOFLINE_H_
#define HAIRPIN_TOOLS_ANALYSIS_ROOFLINE_H_

#include <string>
#include <vector>

#include "ops/kernels/machine_peak.h"
#include "tools/analysis/analysis_report.h"
#include "tools/analysis/step_analysis.h"
#include "tools/analysis/step_measurement.h"

namespace hairpin {

// Runs of one operation in one phase on values of the same shapes, all layers together.
struct RoofPoint {
  std::string name;  // "linear in"
  Profile::Kind kind = Profile::Kind::kForward;
  // Of all measured steps.
  int64_t runs = 0;
  double seconds = 0, flops = 0;
  double bytes = 0;  // tools/analysis/operation_bytes.h

  double intensity() const { return flops / bytes; }  // FLOP a byte
  double rate() const { return flops / seconds; }     // FLOP a second
};

// The longest first; of equal names, one in each phase. What computes or moves nothing
// (views, gradients that are handed on) is left out.
std::vector<RoofPoint> RoofPoints(const StepAnalysis& step, const StepMeasurement& measured);

// FLOP a second that the machine allows where all bytes come from memory.
double Roof(const MachinePeak& machine, double intensity);

// The picture: intensity against rate, both logarithmic, areas by shares of time, with a
// table of the points. Of a report with a measurement and a machine measured as a whole.
std::string DrawRoofline(const AnalysisReport& report);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_ROOFLINE_H_
