// Runs a fuzz target once with every file that is named, or lies in a folder that is: the seeds,
// and what fuzzing has found, as a test.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tensor/file.h"
#include "tests/fuzz/fuzz_file.h"

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    std::vector<std::string> paths = {argv[i]};
    if (std::filesystem::is_directory(argv[i])) {
      paths.clear();
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
        paths.push_back(entry.path().string());
      }
    }
    for (const std::string& path : paths) {
      const std::string bytes = hairpin::ReadFile(path).value();
      std::printf("%s\n", path.c_str());
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++inputs;
    }
  }
  return inputs > 0 ? 0 : 1;
}
