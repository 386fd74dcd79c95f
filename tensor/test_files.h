// Files of tests, in the folder that each test has of its own.
//
//   const std::string path = WriteTestFile("text", "one\ntwo\n");
//   EXPECT_FALSE(LineReader::Open({TestPath("missing")}).ok());
#ifndef HAIRPIN_TENSOR_TEST_FILES_H_
#define HAIRPIN_TENSOR_TEST_FILES_H_

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "tensor/check.h"

namespace hairpin {

inline std::string TestPath(const std::string& name) { return ::testing::TempDir() + "/" + name; }

// Writes a file and returns its path. Without the syncing of real writers, and on no older file,
// whose replacement some file systems sync by themselves: tests damage files by the thousand.
inline std::string WriteTestFile(const std::string& name, std::string_view contents) {
  const std::string path = TestPath(name);
  std::remove(path.c_str());
  std::ofstream file(path, std::ios::binary);
  file << contents;
  HAIRPIN_CHECK(file.flush().good()) << path;
  return path;
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_TEST_FILES_H_
