// What losses share: how the terms of all elements, or rows, become one number.
//
//   Variable loss = Mse(x, target, Reduction::kSum);
#ifndef HAIRPIN_OPS_LOSS_H_
#define HAIRPIN_OPS_LOSS_H_

#include <string>

#include "autograd/attributes.h"

namespace hairpin {

// The sum, or that over the number of terms.
enum class Reduction { kSum, kMean };

// The attribute "reduction", "sum" or "mean"; `otherwise` where it is absent.
// CHECKs, with the operation's name, that it is one of the two.
Reduction GetReduction(const Attributes& attributes, const std::string& operation,
                       Reduction otherwise);
void SetReduction(Attributes* attributes, Reduction reduction);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LOSS_H_
