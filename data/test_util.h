// Small helpers of the tests of this folder and of tools/training.
#ifndef HAIRPIN_DATA_TEST_UTIL_H_
#define HAIRPIN_DATA_TEST_UTIL_H_

#include <string>
#include <string_view>
#include <vector>

#include "data/vocabulary.h"
#include "gtest/gtest.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {

inline std::string TestPath(const std::string& name) { return ::testing::TempDir() + "/" + name; }

// Writes a file of this test's folder and returns its path.
inline std::string WriteTestFile(const std::string& name, std::string_view contents) {
  const std::string path = TestPath(name);
  const absl::Status status = WriteFileAtomically(path, contents);
  HAIRPIN_CHECK(status.ok()) << status.ToString();
  return path;
}

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
