// Files of this folder's tests.
#ifndef HAIRPIN_NN_TEST_FILES_H_
#define HAIRPIN_NN_TEST_FILES_H_

#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace hairpin::nn {

inline std::string Path(const std::string& name) { return ::testing::TempDir() + "/" + name; }

// Without the syncing of real writers, and on no older file, whose replacement some file systems
// sync by themselves: tests damage files by the thousand.
inline void Put(const std::string& path, const std::string& contents) {
  std::remove(path.c_str());
  std::ofstream(path, std::ios::binary) << contents;
}

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_TEST_FILES_H_
