// A file in memory, for readers that take a path.
//
//   static FuzzFile* const file = new FuzzFile;
//   ReadCsv(file->Write(bytes)).status().IgnoreError();
#ifndef HAIRPIN_TESTS_FUZZ_FUZZ_FILE_H_
#define HAIRPIN_TESTS_FUZZ_FUZZ_FILE_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tensor/check.h"

namespace hairpin {

class FuzzFile {
 public:
  FuzzFile() : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
    HAIRPIN_CHECK(descriptor_ >= 0) << "memfd_create";
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }

  // The file's path, its contents replaced.
  const std::string& Write(std::string_view bytes) {
    HAIRPIN_CHECK(ftruncate(descriptor_, 0) == 0 &&
                  pwrite(descriptor_, bytes.data(), bytes.size(), 0) ==
                      static_cast<ssize_t>(bytes.size()))
        << "a file of " << bytes.size() << " bytes in memory";
    return path_;
  }

 private:
  const int descriptor_;
  std::string path_;
};

inline std::string_view FuzzText(const uint8_t* data, size_t bytes) {
  return {reinterpret_cast<const char*>(data), bytes};
}

}  // namespace hairpin

// What libFuzzer calls, and tests with each seed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes);

#endif  // HAIRPIN_TESTS_FUZZ_FUZZ_FILE_H_
