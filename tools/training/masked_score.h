// How well masked tokens were guessed: sums, and the means that people read.
//
//   MaskedScore score{.loss_sum = 12.5, .correct = 1, .masked = 5};
//   score.loss();                               // 2.5 nats a masked token
//   char text[kScoreText];
//   FormatScore(score, text, sizeof(text));     // "loss 2.5000  accuracy 0.200"
#ifndef HAIRPIN_TOOLS_TRAINING_MASKED_SCORE_H_
#define HAIRPIN_TOOLS_TRAINING_MASKED_SCORE_H_

#include <cstdint>

namespace hairpin {

struct MaskedScore {
  double loss_sum = 0;  // nats
  int64_t correct = 0;
  int64_t masked = 0;

  // Means over the masked tokens; NaN where there are none.
  double loss() const { return loss_sum / static_cast<double>(masked); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(masked); }
};

// Room for what the two functions below write.
inline constexpr int kScoreText = 64;

// "loss 2.5000", or "nothing masked". Allocates nothing.
void FormatLoss(const MaskedScore& score, char* text, int size);
// "loss 2.5000  accuracy 0.200", or "nothing masked". Allocates nothing.
void FormatScore(const MaskedScore& score, char* text, int size);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_MASKED_SCORE_H_
