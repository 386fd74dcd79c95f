// Any text cut up by any vocabulary: the tokens up to the first NUL, then the text.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "data/vocabulary.h"
#include "data/wordpiece.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  const std::string_view input = FuzzText(data, bytes);
  const size_t end = std::min(input.find('\0'), input.size());
  static FuzzFile* const file = new FuzzFile;
  const std::string special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  const std::string tokens = special + std::string(input.substr(0, end));
  const auto vocabulary = Vocabulary::Load(file->Write(tokens));
  if (!vocabulary.ok()) return 0;
  const std::string_view text = input.substr(end);
  for (const bool lowercase : {false, true}) {
    for (const SpecialTokens special : {SpecialTokens::kOrdinaryText, SpecialTokens::kRecognised}) {
      WordPieceEncoder encoder(*vocabulary, {lowercase, special, /*cached_words=*/4});
      std::vector<int32_t> ids, again;
      encoder.Encode(text, &ids);
      encoder.Encode(text, &again);  // from the cached words
      HAIRPIN_CHECK(ids == again) << "other ids from cached words";
      for (const int32_t id : ids) {
        HAIRPIN_CHECK(id >= 0 && id < vocabulary->size()) << "id " << id;
      }
      HAIRPIN_CHECK(ids.empty() || !Decode(*vocabulary, ids).empty()) << "ids without text";
    }
  }
  return 0;
}
