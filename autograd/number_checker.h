// NumberChecker: anomaly mode. Looks at every number that operations make, in
// forward, replays and backward, and remembers the first operation that made one
// which is not finite, with what it read that was not finite or, where all was, that
// was large, and the way that led there: of an output the operations
// that its inputs came from, of a gradient those that the gradient came from.
//
//   NumberChecker checker;
//   Recording recording({.observer = &checker});
//   ... forward, recording.Backward(loss) ...
//   if (checker.found()) std::puts(checker.Report().c_str());
//
//     encoder.1.feed_forward.in: linear (node 31), forward: output 0 of shape
//     [512, 768] has 512 numbers that are not finite, the first nan at [0, 5]; its
//     parameter encoder.1.feed_forward.in.weight already had 1, nan at [5, 7];
//     reached from encoder.1.feed_forward_norm: layer_norm (node 30) <- ...
//
// Reads all memory that operations write once more: a training takes some percent
// longer.
#ifndef HAIRPIN_AUTOGRAD_NUMBER_CHECKER_H_
#define HAIRPIN_AUTOGRAD_NUMBER_CHECKER_H_

#include <cstdint>
#include <string>

#include "autograd/observer.h"
#include "tensor/tensor.h"

namespace hairpin {

// Numbers of a tensor that are NaN or infinite.
struct NotFinite {
  int64_t count = 0;
  int64_t first = -1;  // row-major index of the first one
  double value = 0;    // the first one
};

// None for integers, null and dry tensors.
NotFinite FindNotFinite(const Tensor& tensor);

// "has 2 numbers that are not finite, the first nan at [0, 5]", of a tensor of
// that shape in which `bad` was found.
std::string NotFiniteText(const NotFinite& bad, const Shape& shape);

class NumberChecker final : public Observer {
 public:
  // Extras are no finding of their own: only backward reads them, and what it makes
  // of them is. Then those that were bad are named.
  void Results(const OperationRun& run, absl::Span<const Tensor> results) override;

  bool found() const { return !report_.empty(); }
  // The layer that recorded the operation, "" if none was found.
  const std::string& scope() const { return scope_; }
  // One sentence; "" if none was found.
  const std::string& Report() const { return report_; }
  // The next one that is not finite is the first again.
  void Clear();

 private:
  std::string scope_, report_;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_NUMBER_CHECKER_H_
