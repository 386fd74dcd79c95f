#include "tools/sentences/class_guess.h"

#include <algorithm>
#include <cmath>

#include "tensor/check.h"

namespace hairpin {

std::vector<ClassGuess> LikeliestClasses(const Tensor& logits, int64_t row, int64_t most) {
  HAIRPIN_CHECK(logits.shape().rank() == 2 && row >= 0 && row < logits.shape()[0])
      << "LikeliestClasses: row " << row << " of " << logits.shape();
  const int64_t K = logits.shape()[1];
  const float* const x = logits.data<float>() + row * K;
  // p_k = exp(x_k - max) / sum
  const double largest = *std::max_element(x, x + K);
  double sum = 0;
  std::vector<ClassGuess> guesses;
  for (int64_t k = 0; k < K; ++k) {
    guesses.push_back({static_cast<int32_t>(k), std::exp(x[k] - largest)});
    sum += guesses.back().probability;
  }
  const auto kept = std::min<size_t>(guesses.size(), static_cast<size_t>(most));
  std::partial_sort(guesses.begin(), guesses.begin() + static_cast<std::ptrdiff_t>(kept),
                    guesses.end(), [](const ClassGuess& a, const ClassGuess& b) {
                      return a.probability != b.probability ? a.probability > b.probability
                                                            : a.label < b.label;
                    });
  guesses.resize(kept);
  for (ClassGuess& guess : guesses) guess.probability /= sum;
  return guesses;
}

}  // namespace hairpin
