// SavedPolicy: what becomes of a value that backward will read, or that making
// another value again will.
//
// Backward never holds tensors; it asks the graph for a saved value. When the
// last Variable of a value is gone, the policy decides: keep its tensor, or drop
// it and run its operation again at its first need in backward, from where it
// stays until its last. Operations are pure, so the bits are the same.
//
//   Recording recording({.policy = &RecomputeCheap()});
//
// docs/checkpointing.md explains the policies; what a byte budget makes of a
// graph is in autograd/planner.h.
#ifndef HAIRPIN_AUTOGRAD_POLICY_H_
#define HAIRPIN_AUTOGRAD_POLICY_H_

#include <cstdint>

namespace hairpin {

class Op;

// What a policy sees of a value whose last Variable is gone. Inputs of the graph
// are never asked for: they stay.
struct ReleasedValue {
  const Op& op;      // that made it
  int64_t node = 0;  // number of that operation in the recording
  int output = 0;    // of the operation; extras count after the outputs
  // Backward will read it.
  bool saved = false;
  // Cheap operations alone make it again (Cost::cheap), from values that backward
  // reads too and that are not cheap.
  bool cheap = false;
  // It was made inside of a Region.
  bool in_region = false;
  // Some operation outside of its region reads it, or, if it was made in none,
  // some operation in a region.
  bool crosses = false;
};

enum class Fate : uint8_t {
  kDrop,  // freed now; made again when backward reads it
  kKeep,  // stays until backward has read it for the last time; freed if it never will
  kHold,  // stays until backward has passed every operation that reads it: to make
          // others from it
};

class SavedPolicy {
 public:
  virtual ~SavedPolicy() = default;
  // "none", "cheap".
  virtual const char* name() const = 0;
  // Must depend on its argument only: a dry recording asks the same.
  virtual Fate Decide(const ReleasedValue& value) const = 0;
};

// Keeps everything that backward reads: "none", the default.
const SavedPolicy& KeepAll();

// Keeps nothing but the inputs of the graph: "all".
const SavedPolicy& RecomputeAll();

// "cheap": what elementwise operations, norms and copies make is made again from
// what products made, which is kept.
const SavedPolicy& RecomputeCheap();

// "segments": of each Region (autograd/recording.h) only what comes in from
// outside is kept, and backward runs the region once more; what is made outside
// of regions is kept.
const SavedPolicy& RecomputeSegments();

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_POLICY_H_
