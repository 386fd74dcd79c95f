// The likeliest classes by a row of logits.
//
//   const ClassGuess best = LikeliestClasses(logits, /*row=*/0, /*most=*/1).front();
//   labels[best.label];                                   // with best.probability
#ifndef HAIRPIN_TOOLS_SENTENCES_CLASS_GUESS_H_
#define HAIRPIN_TOOLS_SENTENCES_CLASS_GUESS_H_

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace hairpin {

struct ClassGuess {
  int32_t label = 0;
  double probability = 0;
};

// By softmax, at most `most` of them, the likeliest first; of equal ones the smaller number.
// logits float32 [N, K].
std::vector<ClassGuess> LikeliestClasses(const Tensor& logits, int64_t row, int64_t most);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_CLASS_GUESS_H_
