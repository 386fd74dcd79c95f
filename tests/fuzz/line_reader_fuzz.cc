// Any bytes as a text: lines in pieces of any length, the same whatever is read at once, and their
// words.
#include <cstdint>
#include <string>
#include <vector>

#include "data/line_reader.h"
#include "data/normalizer.h"
#include "data/utf8.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

namespace hairpin {
namespace {

struct Piece {
  std::string text;
  bool continues;
  bool operator==(const Piece&) const = default;
};

std::vector<Piece> Pieces(const std::string& path, const LineReaderOptions& options) {
  std::vector<Piece> pieces;
  auto reader = LineReader::Open({path}, options);
  if (!reader.ok()) return pieces;
  for (LinePiece piece;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    HAIRPIN_CHECK(more.ok()) << more.status().ToString();
    if (!*more) break;
    pieces.push_back({std::string(piece.text), piece.continues});
  }
  HAIRPIN_CHECK((*reader)->bytes_read() == (*reader)->total_bytes()) << "bytes not read";
  return pieces;
}

void CheckPiece(std::string_view text) {
  int bad = 0;
  for (std::string_view left = text; !left.empty();) {
    const int length = Utf8Length(left, &bad);
    HAIRPIN_CHECK(length > 0) << "a piece that is not UTF-8";
    left.remove_prefix(static_cast<size_t>(length));
  }
  static Normalizer* const normalizers[] = {new Normalizer(false), new Normalizer(true)};
  for (Normalizer* normalizer : normalizers) {
    normalizer->ForEachWord(text, [](std::string_view word, int code_points) {
      HAIRPIN_CHECK(!word.empty() && code_points > 0) << "an empty word";
    });
  }
}

}  // namespace
}  // namespace hairpin

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  static FuzzFile* const file = new FuzzFile;
  if (bytes == 0) return 0;
  const std::string& path = file->Write(FuzzText(data + 1, bytes - 1));
  const int64_t most = 16 + data[0] % 64;
  const std::vector<Piece> pieces = Pieces(path, {.max_piece_bytes = most});
  for (const Piece& piece : pieces) CheckPiece(piece.text);
  // Now with the ends of what is read at once everywhere.
  HAIRPIN_CHECK(Pieces(path, {.max_piece_bytes = most, .read_bytes = 3 + data[0] / 64}) == pieces)
      << "other pieces where a few bytes are read at once";
  return 0;
}
