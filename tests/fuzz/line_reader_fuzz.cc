// Any bytes as a text: lines in pieces of any length, and their words; where the first byte is odd,
// also behind so many lines that the bytes lie across the end of what is read at once.
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

// Of a file that lies in `file`, without the first `lines` lines.
std::vector<Piece> Pieces(FuzzFile* file, const std::string& contents, int64_t max_piece_bytes,
                          int64_t lines) {
  std::vector<Piece> pieces;
  auto reader = LineReader::Open({file->Write(contents)}, {.max_piece_bytes = max_piece_bytes});
  if (!reader.ok()) return pieces;
  for (LinePiece piece;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    HAIRPIN_CHECK(more.ok()) << more.status().ToString();
    if (!*more) break;
    if (--lines < 0) pieces.push_back({std::string(piece.text), piece.continues});
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
  const int64_t most = 16 + data[0] / 2 % 64;
  // The file's first bytes may be a mark that is no text.
  const std::string text = "\n" + std::string(FuzzText(data + 1, bytes - 1));
  const std::vector<Piece> pieces = Pieces(file, text, most, 1);
  for (const Piece& piece : pieces) CheckPiece(piece.text);
  if (data[0] % 2 == 0) return 0;
  // The reader's buffer: a piece, a line's end, 256 KiB. Its end falls into the middle of the text.
  const size_t before = (size_t{1} << 18) + static_cast<size_t>(most) + 2 - text.size() / 2 % 4096;
  std::string moved;
  while (moved.size() < before) moved += "line\n";
  const auto lines = static_cast<int64_t>(moved.size() / 5);
  HAIRPIN_CHECK(Pieces(file, moved + text, most, lines + 1) == pieces)
      << "other pieces " << moved.size() << " bytes further on";
  return 0;
}
