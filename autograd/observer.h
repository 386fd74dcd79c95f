// Observer: hears of every operation that a recording runs, when it begins and
// when it has ended. Profiles, checks of numbers and memory pictures are
// observers; a recording without one pays one test of a pointer an operation.
//
//   class Counter final : public Observer {
//    public:
//     void End(const OperationRun& run) override { ++count; }
//     int count = 0;
//   } counter;
//   Recording recording({.observer = &counter});
#ifndef HAIRPIN_AUTOGRAD_OBSERVER_H_
#define HAIRPIN_AUTOGRAD_OBSERVER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "autograd/op.h"
#include "tensor/tensor.h"

namespace hairpin {

class Recording;

// Replay: a Forward run again in backward, for a value that a policy dropped.
enum class RunPhase : uint8_t { kForward, kReplay, kBackward };
inline constexpr int kNumRunPhases = 3;
const char* Name(RunPhase phase);  // "forward"

// One run of an operation's Forward, or of one stage of its Backward together
// with the graph's own work on it (memory, adding gradients). Views, which run
// nothing forward, are seen in backward only.
struct OperationRun {
  const Recording& recording;
  int64_t node;  // its number in the recording
  const Op& op;
  // Path of the module that recorded it: "encoder.0.attention.query", or "".
  const char* scope;
  RunPhase phase;
  int stage = 0;           // of Backward
  uint32_t gradients = 0;  // of Backward: bit i, input i's gradient is wanted
};

class Observer {
 public:
  virtual ~Observer() = default;

  // Before memory is taken for what the run makes. A stage of Backward may run
  // replays first: their Begin and End come between its own.
  virtual void Begin(const OperationRun& run) {}

  // The numbers are there. Forward and replay: results are outputs, then extras.
  // Backward: results[i] is the gradient of input i that this stage computed,
  // added to what was there before if there was something; null for those it
  // did not compute, or handed on as they were. Not called for a stage that only
  // hands on. In a dry recording the results have no numbers.
  virtual void Results(const OperationRun& run, absl::Span<const Tensor> results) {}

  // After gradients were handed on, and what only this run needed was freed.
  virtual void End(const OperationRun& run) {}
};

// Several observers as one: called in order, End in reverse.
class ObserverList final : public Observer {
 public:
  explicit ObserverList(std::vector<Observer*> observers) : observers_(std::move(observers)) {}
  void Begin(const OperationRun& run) override;
  void Results(const OperationRun& run, absl::Span<const Tensor> results) override;
  void End(const OperationRun& run) override;

 private:
  std::vector<Observer*> observers_;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_OBSERVER_H_
