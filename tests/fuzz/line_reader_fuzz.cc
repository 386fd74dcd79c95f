// Any bytes as a text: lines in pieces of any length, and their words.
#include <cstdint>
#include <string>

#include "data/line_reader.h"
#include "data/normalizer.h"
#include "data/utf8.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  auto reader = LineReader::Open({file->Write(FuzzText(data + 1, bytes - 1))},
                                 {.max_piece_bytes = 16 + data[0] % 64});
  if (!reader.ok()) return 0;
  static Normalizer* const normalizers[] = {new Normalizer(false), new Normalizer(true)};
  for (LinePiece piece;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    HAIRPIN_CHECK(more.ok()) << more.status().ToString();
    if (!*more) break;
    int bad = 0;
    for (std::string_view left = piece.text; !left.empty();) {
      const int length = Utf8Length(left, &bad);
      HAIRPIN_CHECK(length > 0) << "a piece that is not UTF-8";
      left.remove_prefix(static_cast<size_t>(length));
    }
    for (Normalizer* normalizer : normalizers) {
      normalizer->ForEachWord(piece.text, [](std::string_view word, int code_points) {
        HAIRPIN_CHECK(!word.empty() && code_points > 0) << "an empty word";
      });
    }
  }
  HAIRPIN_CHECK((*reader)->bytes_read() == (*reader)->total_bytes()) << "bytes not read";
  return 0;
}
