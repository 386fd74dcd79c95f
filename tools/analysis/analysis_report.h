// What //tools:analyze says: of a step as it was taken apart and, if it was run,
// as it was measured. docs/analysis.md says how to read it.
//
//   const AnalysisReport report = {settings, step, &measured, MeasureMachinePeak(2)};
//   std::fputs(ReportText(report).c_str(), stdout);
//   std::puts(ReportJson(report).dump(2).c_str());
#ifndef HAIRPIN_TOOLS_ANALYSIS_ANALYSIS_REPORT_H_
#define HAIRPIN_TOOLS_ANALYSIS_ANALYSIS_REPORT_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "ops/kernels/machine_peak.h"
#include "tools/analysis/step_analysis.h"
#include "tools/analysis/step_measurement.h"
#include "tools/training/run.pb.h"

namespace hairpin {

struct AnalysisReport {
  const TrainMlmSettings& settings;
  const StepAnalysis& step;
  const StepMeasurement* measured;  // null: it was not run
  MachinePeak machine;
};

// Which step it is, for people and as an object: sizes, text, policy, threads.
std::string SettingsText(const TrainMlmSettings& settings);
nlohmann::ordered_json SettingsJson(const TrainMlmSettings& settings);

// For people: tables of at most some 100 columns.
std::string ReportText(const AnalysisReport& report);

// Of it, what was kept, dropped and run again by region and by operation; "" where
// nothing runs again.
std::string ReplaysText(const AnalysisReport& report);
nlohmann::ordered_json ReplaysJson(const AnalysisReport& report);

// The same as one object. `parameters`, `flops`, and `predicted` and, where it was
// run, `measured`: each of these two with the peaks in bytes as `parameter`,
// `gradient`, `optimizer`, `activation`, `workspace`, `total`.
nlohmann::ordered_json ReportJson(const AnalysisReport& report);

// DATA_LOSS, naming purposes and both numbers, where the measured bytes are not
// the predicted ones.
absl::Status CheckBytes(const Account& predicted, const Account& measured);

// What resident memory has beside the bytes of tensors, of free blocks between them and
// of batches: libraries (8.6 MB), this program (1.8), the heap's small pieces,
// stacks of threads. Stated, not measured: on another system it is another.
inline constexpr int64_t kResidentConstant = int64_t{11} << 20;

// Resident memory that is expected at the peak, of a report with a measurement.
int64_t ExpectedResident(const AnalysisReport& report);

// What the flagship was designed to take, in MB by purpose: 17.2 + 17.2 + 34.3 + 22.4
// = 91.0, no workspace. Of other sizes, masks, dropout or a policy of checkpointing
// there is no such budget: all 0.
std::array<double, kNumPurposes> DesignBudget(const TrainMlmSettings& settings);

// Seconds of `steps` steps if all were multiply-adds at the machine's peak.
double LeastSeconds(const AnalysisReport& report, double steps);

inline constexpr double kEstimatedSteps = 100000;

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_ANALYSIS_REPORT_H_
