// What a policy of checkpointing makes of a micro-batch, by operation and by region:
// kept, dropped, run again, and how long that takes.
//
//   const StepAnalysis step = AnalyzeStep(settings, config, policy);
//   AddParts(step, &times, &report);           // times: of a real training, or null
//   for (const CheckpointingPart& part : report.regions()) ...
#ifndef HAIRPIN_TOOLS_ANALYSIS_CHECKPOINTING_PARTS_H_
#define HAIRPIN_TOOLS_ANALYSIS_CHECKPOINTING_PARTS_H_

#include "tools/analysis/replay_times.h"
#include "tools/analysis/step_analysis.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// Fills operations, by name ("linear"), and regions, by path ("encoder.0"); what was
// recorded in no region counts under the layer that it is of ("decoder"). Each in the
// order in which it is first met; without what backward reads nothing of. Milliseconds
// are means of a micro-batch; without `times` they are left out. Replaces what is there.
void AddParts(const StepAnalysis& step, const ReplayTimes* times, CheckpointingReport* report);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_CHECKPOINTING_PARTS_H_
