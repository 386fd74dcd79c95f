// MeasureSteps: real steps of a training on random ids, with what they took:
// bytes by purpose, resident memory, time by operation and beside operations.
//
//   absl::StatusOr<StepMeasurement> measured = MeasureSteps(settings, config, 10);
//   measured->bytes.peak_total();      // AnalyzeStep said so
//   measured->operation_seconds();
//
// Every micro-batch has the most masked positions there can be. A first step is
// not measured: it makes gradients and moments.
#ifndef HAIRPIN_TOOLS_ANALYSIS_STEP_MEASUREMENT_H_
#define HAIRPIN_TOOLS_ANALYSIS_STEP_MEASUREMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "autograd/policy.h"
#include "autograd/profile.h"
#include "models/mini_bert/mini_bert.h"
#include "tensor/storage.h"
#include "tools/analysis/replay_times.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// Where the process's resident memory is, in bytes.
struct ResidentMemory {
  int64_t before = 0;   // when measuring began: code, libraries, this program's own
  int64_t batches = 0;  // ids, visibility, masked rows and labels of a step
  int64_t held = 0;     // of tensors, with free blocks of the allocator
  int64_t peak = 0;     // the process's, ru_maxrss
};

struct StepMeasurement {
  int steps = 0;
  double seconds = 0;  // of all steps
  // Of all steps: operations by layer and phase, and the spans "step",
  // "micro-batch", "gradient norm" and "optimizer".
  std::vector<Profile::Row> rows;
  ReplayTimes replays;
  Account bytes;
  ResidentMemory resident;

  double operation_seconds() const;
};

// DATA_LOSS where a loss is not finite. Threads are the present number. The
// default allocator has nothing else alive.
absl::StatusOr<StepMeasurement> MeasureSteps(const TrainMlmSettings& settings,
                                             const MiniBertConfig& config, int steps,
                                             const SavedPolicy& policy = KeepAll());

// One operation in one phase, all layers together.
struct OperationTime {
  std::string name;
  Profile::Kind kind = Profile::Kind::kForward;
  int64_t runs = 0;
  double seconds = 0, flops = 0;
};

// The rows of operations, without spans, added up over layers; the longest first.
std::vector<OperationTime> ByOperation(const std::vector<Profile::Row>& rows);

// What else a step's time went to: "gradient norm", "optimizer", and as "other"
// what is neither: copying ids, recording, the profile itself.
std::vector<OperationTime> OutsideOperations(const StepMeasurement& measured);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_STEP_MEASUREMENT_H_
