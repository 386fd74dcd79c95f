// Any bytes as a run.textproto; where the first byte is odd, with a last line that lets it pass.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  static const std::string* const folder = [] {
    char name[] = "/tmp/run_textproto.XXXXXX";
    HAIRPIN_CHECK(mkdtemp(name) != nullptr) << name;
    std::filesystem::create_symlink(file->Write(""), std::string(name) + "/run.textproto");
    static std::string kept = name;
    std::atexit([] { std::filesystem::remove_all(kept); });
    return &kept;
  }();
  if (bytes == 0) return 0;
  std::string text(FuzzText(data + 1, bytes - 1));
  if (data[0] % 2 == 1) text += "\n# CRC-32C: none\n";
  file->Write(text);
  const absl::StatusOr<Run> run = RunFolder(*folder).ReadRun();
  HAIRPIN_CHECK(run.ok() || run.status().message().find("run.textproto:") != std::string::npos)
      << run.status().ToString();
  return 0;
}
