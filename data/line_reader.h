// Lines of text files, one file after another, in bounded memory.
//
//   auto reader = LineReader::Open({"a.txt", "b.txt"});
//   if (!reader.ok()) return reader.status();
//   for (LinePiece piece;;) {
//     absl::StatusOr<bool> more = (*reader)->Next(&piece);
//     if (!more.ok()) return more.status();
//     if (!*more) break;
//     Use(piece.text);
//   }
//
// Lines end in LF or CRLF, or with their file. A byte order mark that starts a file is left out.
// What is not well-formed UTF-8 becomes U+FFFD (one for each longest start of a code point, as
// Unicode 15, section 3.9 recommends) and is counted; so are NULs, which stay.
//
// A line of more than max_piece_bytes is handed out in pieces, cut after white space where there
// is some in the second half, else between two code points. The pieces are one line: for counting
// lines, for packing, for blankness. A word that a cut goes through counts as two.
#ifndef HAIRPIN_DATA_LINE_READER_H_
#define HAIRPIN_DATA_LINE_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/file.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct LinePiece {
  std::string_view text;   // without its line end; valid until the next call of Next
  bool continues = false;  // the next piece belongs to the same line
};

struct LineReaderOptions {
  int64_t max_piece_bytes = int64_t{1} << 16;  // at least 16
  int64_t read_bytes = int64_t{1} << 18;       // read at once; at least 3; changes no piece
  StopQuestion stop = nullptr;                 // asked before each read
};

class LineReader {
 public:
  // Opens all files at once, so that a missing one is known before anything is read. Errors (see
  // tensor/file.h) name the file; INVALID_ARGUMENT for an empty file or an empty list.
  static absl::StatusOr<std::unique_ptr<LineReader>> Open(const std::vector<std::string>& paths,
                                                          LineReaderOptions options = {});

  // The next piece; false after the last one. CANCELLED where LineReaderOptions::stop says so.
  absl::StatusOr<bool> Next(LinePiece* piece);

  // For a display of progress: bytes of the files that were handed out or skipped, and of all.
  int64_t bytes_read() const { return bytes_before_ + offset_ - static_cast<int64_t>(Left()); }
  int64_t total_bytes() const { return total_bytes_; }

  // So far: sequences replaced by U+FFFD, and NULs.
  int64_t invalid_sequences() const { return invalid_sequences_; }
  int64_t nuls() const { return nuls_; }

 private:
  explicit LineReader(LineReaderOptions options) : options_(std::move(options)) {}
  size_t Left() const { return end_ - begin_; }
  absl::Status Fill();
  size_t CutPoint(std::string_view line) const;
  std::string_view Repair(std::string_view text);

  LineReaderOptions options_;
  std::vector<std::unique_ptr<PositionalReader>> files_;
  size_t file_ = 0;           // the one under way
  int64_t offset_ = 0;        // in that file, of what was read into buffer_
  int64_t bytes_before_ = 0;  // of the files before it
  int64_t total_bytes_ = 0;
  bool in_line_ = false;      // the last piece continues
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;  // what of buffer_ is not handed out yet
  std::string repaired_;
  int64_t invalid_sequences_ = 0;
  int64_t nuls_ = 0;
};

// Whether there is nothing but white space (Unicode's White_Space).
bool IsBlank(std::string_view text);

// Which lines are kept for evaluation where there is no text of its own for it: of the lines that
// are not blank, counted over all files, the 50th, the 100th and so on. Fed every piece in order.
class TrainEvalSplit {
 public:
  static constexpr int64_t kEvery = 50;
  enum class Part : uint8_t {
    kBlank,  // a blank line, or white space that begins a line: no part has it
    kTrain,
    kEvaluation,
  };

  // The part of the line that `piece` belongs to.
  Part Next(const LinePiece& piece);

  // Lines so far that are not blank.
  int64_t lines() const { return lines_; }

 private:
  int64_t lines_ = 0;
  bool counted_ = false;  // the line under way
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_LINE_READER_H_
