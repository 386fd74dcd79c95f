#include "tools/training/score.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace hairpin {

void Score::Add(const Score& other) {
  loss_sum += other.loss_sum;
  correct += other.correct;
  for (int i = 0; i < kMaxTerms; ++i) terms[i] += other.terms[i];
  count += other.count;
}

void FormatLoss(const Score& score, const TaskWords& words, char* text, int size) {
  if (score.count == 0) {
    std::snprintf(text, size, "%s", words.nothing);
  } else {
    std::snprintf(text, size, "loss %.4f", score.loss());
  }
}

void FormatScore(const Score& score, const TaskWords& words, char* text, int size) {
  FormatLoss(score, words, text, size);
  if (score.count == 0) return;
  int used = static_cast<int>(std::strlen(text));
  const auto add = [&](const char* format, auto... values) {
    const int written = std::snprintf(text + used, size - used, format, values...);
    used = std::min(used + written, size - 1);
  };
  if (words.accuracy != nullptr) add("  accuracy %.3f", score.accuracy());
  for (int i = 0; i < kMaxTerms && words.terms[i] != nullptr; ++i) {
    add("  %s %.4f", words.terms[i], score.term(i));
  }
}

}  // namespace hairpin
