// Small helpers of the tests of this folder and of tools/training.
#ifndef HAIRPIN_DATA_TEST_UTIL_H_
#define HAIRPIN_DATA_TEST_UTIL_H_

#include <string>
#include <vector>

#include "data/vocabulary.h"
#include "tensor/check.h"

namespace hairpin {

// The five special tokens and then `more`.
inline Vocabulary TestVocabulary(const std::vector<std::string>& more) {
  std::vector<std::string> tokens(kSpecialTokens.begin(), kSpecialTokens.end());
  tokens.insert(tokens.end(), more.begin(), more.end());
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::FromTokens(tokens, "test");
  HAIRPIN_CHECK(vocabulary.ok()) << vocabulary.status().ToString();
  return *std::move(vocabulary);
}

inline std::string Message(const absl::Status& status) { return std::string(status.message()); }

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEST_UTIL_H_
