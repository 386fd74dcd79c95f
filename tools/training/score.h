// How well a model did: sums over what it was judged on, and the means that people read.
//
//   const Score score = {.loss_sum = 12.5, .correct = 1, .count = 5};
//   score.loss();                                      // 2.5 each
//   char text[kScoreText];
//   FormatScore(score, words, text, sizeof(text));     // "loss 2.5000  accuracy 0.200"
#ifndef HAIRPIN_TOOLS_TRAINING_SCORE_H_
#define HAIRPIN_TOOLS_TRAINING_SCORE_H_

#include <array>
#include <cstdint>

namespace hairpin {

// The most sums that a task has besides those of loss and of right guesses.
inline constexpr int kMaxTerms = 4;

// What a task calls things in log lines and in metrics.jsonl.
struct TaskWords {
  const char* inputs = "samples";  // what is fed: "128 samples/s"
  const char* inputs_per_second = "samples_per_second";  // its name in metrics.jsonl
  const char* nothing = "nothing to learn";  // where nothing counts, instead of a loss
  // The name in metrics.jsonl of the share that was guessed right in training, in evaluation it is
  // "eval_accuracy"; null where nothing is guessed.
  const char* accuracy = "accuracy";
  // Names of TaskLoss's terms, as many as there are, then null: "reconstruction", in evaluation
  // "eval_reconstruction".
  std::array<const char*, kMaxTerms> terms = {};
};

struct Score {
  double loss_sum = 0;
  int64_t correct = 0;
  std::array<double, kMaxTerms> terms = {};
  int64_t count = 0;  // what the sums are over: masked tokens, images, characters

  // Means; NaN where nothing counts.
  double loss() const { return loss_sum / static_cast<double>(count); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(count); }
  double term(int i) const { return terms[i] / static_cast<double>(count); }

  void Add(const Score& other);
};

// Room for what the two functions below write.
inline constexpr int kScoreText = 256;

// "loss 2.5000", or words.nothing. Allocates nothing.
void FormatLoss(const Score& score, const TaskWords& words, char* text, int size);
// "loss 2.5000  accuracy 0.200  reconstruction 2.1000", or words.nothing. Allocates nothing.
void FormatScore(const Score& score, const TaskWords& words, char* text, int size);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_SCORE_H_
