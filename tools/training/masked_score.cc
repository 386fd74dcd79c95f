#include "tools/training/masked_score.h"

#include <cstdio>

namespace hairpin {
namespace {

constexpr char kNothing[] = "nothing masked";

}  // namespace

void FormatLoss(const MaskedScore& score, char* text, int size) {
  if (score.masked == 0) {
    std::snprintf(text, size, "%s", kNothing);
  } else {
    std::snprintf(text, size, "loss %.4f", score.loss());
  }
}

void FormatScore(const MaskedScore& score, char* text, int size) {
  if (score.masked == 0) {
    std::snprintf(text, size, "%s", kNothing);
  } else {
    std::snprintf(text, size, "loss %.4f  accuracy %.3f", score.loss(), score.accuracy());
  }
}

}  // namespace hairpin
