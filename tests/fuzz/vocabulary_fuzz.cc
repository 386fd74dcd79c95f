// Any bytes as a vocab.txt: what can be read comes out as it went in.
#include <cstdint>
#include <string>

#include "data/vocabulary.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  const auto vocabulary = Vocabulary::Load(file->Write(FuzzText(data, bytes)));
  if (!vocabulary.ok()) return 0;
  for (int32_t id = 0; id < vocabulary->size(); ++id) {
    HAIRPIN_CHECK(vocabulary->Find(vocabulary->Token(id)) == id) << "token " << id;
  }
  vocabulary->RequireTrainable().IgnoreError();
  return 0;
}
