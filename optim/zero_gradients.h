// ZeroGradientWatch: notices parameters that training does not reach.
//
//   ZeroGradientWatch watch(optimizer.parameters());
//   ...                                   // each step, after backward:
//   for (const Parameter* parameter : watch.Observe()) {
//     std::printf("no gradient for 100 steps: %s\n", parameter->name().c_str());
//   }
//
// A gradient that stays exactly zero is a part of the model that is cut off: a
// ReLU that is dead, a mask that hides everything, a loss that forgets an output.
// The count is the watch's own, in no checkpoint: a resumed training counts anew.
#ifndef HAIRPIN_OPTIM_ZERO_GRADIENTS_H_
#define HAIRPIN_OPTIM_ZERO_GRADIENTS_H_

#include <cstdint>
#include <vector>

#include "autograd/parameter.h"

namespace hairpin {

class ZeroGradientWatch {
 public:
  explicit ZeroGradientWatch(std::vector<Parameter*> parameters, int64_t steps = 100);

  // To be called once a step, when its gradients are there. The parameters whose
  // gradient was all zeros, or was not there at all, in this step and the
  // `steps` - 1 before it; each is named once, and again only after it has had
  // another gradient. Stops reading a gradient at its first number that is not
  // zero. Allocates only when it names some.
  std::vector<const Parameter*> Observe();

 private:
  const std::vector<Parameter*> parameters_;
  const int64_t steps_;
  std::vector<int64_t> zeros_;  // steps in a row, by parameter
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_ZERO_GRADIENTS_H_
