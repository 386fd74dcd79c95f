// SavedPolicy: what becomes of a value that backward will read.
//
// Backward never holds tensors; it asks the graph for a saved value. When the
// last Variable of such a value is gone, the policy decides: keep its tensor,
// or drop it and run its operation again at its first need in backward, from
// where it stays until its last. Operations are pure, so the bits are the same.
#ifndef HAIRPIN_AUTOGRAD_POLICY_H_
#define HAIRPIN_AUTOGRAD_POLICY_H_

namespace hairpin {

class Op;

class SavedPolicy {
 public:
  virtual ~SavedPolicy() = default;
  // Whether output (or extra) `output` of `op` is kept for backward.
  virtual bool Keep(const Op& op, int output) const = 0;
};

// Keeps everything that backward reads. The default.
const SavedPolicy& KeepAll();

// Keeps nothing but the inputs of the graph (parameters and constants).
const SavedPolicy& RecomputeAll();

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_POLICY_H_
