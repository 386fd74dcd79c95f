// A text cut into blocks that threads can work on, the same for any number of threads.
//
//   auto reader = BlockReader::Open({.paths = {"novels.txt"}, .part = TextPart::kTrain});
//   for (TextBlock block;;) {
//     absl::StatusOr<bool> more = (*reader)->Next(&block);
//     ...
//     for (const TextBlock::Piece& piece : block.pieces) Use(block.Text(piece), piece.ends_line);
//   }
//
// Blank lines are left out. Where the blocks begin and end depends on nothing but the text.
#ifndef HAIRPIN_DATA_TEXT_BLOCKS_H_
#define HAIRPIN_DATA_TEXT_BLOCKS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "data/line_reader.h"
#include "tensor/hash.h"

namespace hairpin {

// Which lines (see TrainEvalSplit). The numbers stand in files: append, never renumber.
enum class TextPart : uint32_t {
  kAll = 0,
  kTrain = 1,       // all but those kept for evaluation
  kEvaluation = 2,  // those only
};

struct TextSource {
  std::vector<std::string> paths = {};
  TextPart part = TextPart::kAll;
};

// Size and SHA-256 that stand for a list of files: of one file its own, of several the sum of sizes
// and the SHA-256 over a line "<sha256> <bytes>" for each. Errors name the file.
absl::StatusOr<FileDigest> HashText(const std::vector<std::string>& paths,
                                    const HashOptions& options = {});

// Called from time to time with bytes read and bytes in all; the last time with both equal.
using TextProgress = std::function<void(int64_t done, int64_t total)>;

struct TextBlock {
  struct Piece {
    uint32_t begin, end;
    bool ends_line;
  };
  std::string text;
  std::vector<Piece> pieces;

  std::string_view Text(const Piece& piece) const {
    return std::string_view(text).substr(piece.begin, piece.end - piece.begin);
  }
};

class BlockReader {
 public:
  // A block ends with the piece that brings it to this many bytes.
  static constexpr int64_t kBlockBytes = int64_t{1} << 16;

  // Errors as of LineReader::Open.
  static absl::StatusOr<std::unique_ptr<BlockReader>> Open(const TextSource& source);

  // The next block, never without pieces; false after the last one. Reuses the block's memory.
  absl::StatusOr<bool> Next(TextBlock* block);

  // Fills up to blocks->size() blocks; how many there were. Fewer than that: the text has ended.
  absl::StatusOr<int64_t> Next(std::vector<TextBlock>* blocks);

  const LineReader& lines() const { return *lines_; }
  // Lines so far that are not blank, in all parts.
  int64_t line_count() const { return split_.lines(); }

 private:
  BlockReader(std::unique_ptr<LineReader> lines, TextPart part)
      : lines_(std::move(lines)), part_(part) {}

  std::unique_ptr<LineReader> lines_;
  TextPart part_;
  TrainEvalSplit split_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_BLOCKS_H_
