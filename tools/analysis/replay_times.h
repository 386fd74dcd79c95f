// ReplayTimes: how long the operations take that a policy of checkpointing runs again.
//
//   ReplayTimes times;
//   Recording recording({.policy = &RecomputeCheap(), .observer = &times});
//   ... forward and backward, some times ...
//   times.seconds(node);                    // of one recording, in the mean
//
// For recordings of one graph: nodes are told apart by their numbers. Allocates in the
// first recording only.
#ifndef HAIRPIN_TOOLS_ANALYSIS_REPLAY_TIMES_H_
#define HAIRPIN_TOOLS_ANALYSIS_REPLAY_TIMES_H_

#include <cstdint>
#include <vector>

#include "autograd/observer.h"

namespace hairpin {

class ReplayTimes final : public Observer {
 public:
  int64_t recordings() const { return recordings_; }
  // Mean over the recordings; 0 where nothing ran again, or nothing was recorded.
  double seconds(int64_t node) const;

  void Begin(const OperationRun& run) override;
  void End(const OperationRun& run) override;

 private:
  int64_t recordings_ = 0, last_forward_ = INT64_MAX;
  double begin_ = 0;
  std::vector<double> seconds_;  // by node, of all recordings
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_REPLAY_TIMES_H_
