#include "data/line_reader.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "data/unicode_classes.h"
#include "data/utf8.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

bool IsAsciiSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

absl::StatusOr<std::unique_ptr<LineReader>> LineReader::Open(
    const std::vector<std::string>& paths, LineReaderOptions options) {
  HAIRPIN_CHECK(options.max_piece_bytes >= 16 && options.read_bytes >= 3)
      << "LineReader: pieces of " << options.max_piece_bytes << " bytes, read by "
      << options.read_bytes;
  if (paths.empty()) {
    return absl::InvalidArgumentError("found no text file, expected at least one");
  }
  std::unique_ptr<LineReader> reader(new LineReader(options));
  for (const std::string& path : paths) {
    auto file = PositionalReader::Open(path, options.stop);
    if (!file.ok()) return file.status();
    if ((*file)->size() == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": found an empty file, expected UTF-8 text"));
    }
    reader->total_bytes_ += (*file)->size();
    reader->files_.push_back(*std::move(file));
  }
  // A piece, the CRLF after it, and the block that is read while a piece is incomplete; or, of a
  // file's first piece, the mark before it.
  reader->buffer_.resize(static_cast<size_t>(options.max_piece_bytes + 2 + options.read_bytes));
  return reader;
}

// Moves what is left to the front and reads on until the buffer is full or the file ends.
absl::Status LineReader::Fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, Left());
  end_ = Left();
  begin_ = 0;
  const PositionalReader& file = *files_[file_];
  const int64_t bytes =
      std::min<int64_t>(static_cast<int64_t>(buffer_.size() - end_), file.size() - offset_);
  absl::Status status = file.ReadAt(offset_, buffer_.data() + end_, static_cast<size_t>(bytes));
  if (!status.ok()) return status;
  const bool first = offset_ == 0;
  offset_ += bytes;
  end_ += static_cast<size_t>(bytes);
  if (first && std::string_view(buffer_.data(), end_).starts_with("\xEF\xBB\xBF")) begin_ = 3;
  return absl::OkStatus();
}

absl::StatusOr<bool> LineReader::Next(LinePiece* piece) {
  const auto most = static_cast<size_t>(options_.max_piece_bytes);
  while (file_ < files_.size()) {
    const int64_t size = files_[file_]->size();
    // One look is enough if the line's end, or a whole piece and a CRLF, are in the buffer.
    const void* end_of_line = std::memchr(buffer_.data() + begin_, '\n', Left());
    if (end_of_line == nullptr && Left() < most + 2 && offset_ < size) {
      if (absl::Status status = Fill(); !status.ok()) return status;
      end_of_line = std::memchr(buffer_.data() + begin_, '\n', Left());
    }
    if (Left() == 0 && !in_line_) {
      bytes_before_ += size;
      offset_ = 0;
      begin_ = end_ = 0;
      ++file_;
      continue;
    }
    const char* begin = buffer_.data() + begin_;
    const bool ends = end_of_line != nullptr;
    std::string_view line(begin, ends ? static_cast<const char*>(end_of_line) - begin : Left());
    const size_t with_end = line.size() + (ends ? 1 : 0);
    if (ends && line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > most) {
      line = line.substr(0, CutPoint(line.substr(0, most + 1)));
      begin_ += line.size();
      piece->continues = true;
    } else {
      begin_ += with_end;
      piece->continues = false;
    }
    in_line_ = piece->continues;
    piece->text = Repair(line);
    return true;
  }
  return false;
}

// Where to cut, given one byte more than a piece may have: at least 1.
size_t LineReader::CutPoint(std::string_view line) const {
  const size_t most = line.size() - 1;
  for (size_t cut = most; cut > most / 2; --cut) {
    if (IsAsciiSpace(line[cut - 1])) return cut;
  }
  for (size_t cut = most; cut + 4 > most && cut > 0; --cut) {
    if (!IsContinuationByte(static_cast<unsigned char>(line[cut]))) return cut;
  }
  return most;  // not UTF-8
}

// `text` itself where it is well-formed, else a copy with U+FFFD for what is not.
std::string_view LineReader::Repair(std::string_view text) {
  bool copied = false;
  size_t kept = 0;  // up to here repaired_ has it, once copied
  for (size_t i = 0; i < text.size();) {
    if (i + 8 <= text.size()) {
      uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      // All ASCII and no zero byte: the usual case.
      if ((word & 0x8080808080808080) == 0 &&
          ((word - 0x0101010101010101) & 0x8080808080808080) == 0) {
        i += 8;
        continue;
      }
    }
    if (text[i] == '\0') ++nuls_;
    int bad;
    const int length = Utf8Length(text.substr(i), &bad);
    if (length > 0) {
      i += static_cast<size_t>(length);
      continue;
    }
    if (!copied) repaired_.clear();
    copied = true;
    repaired_.append(text.substr(kept, i - kept));
    AppendUtf8(kReplacement, &repaired_);
    ++invalid_sequences_;
    i += static_cast<size_t>(bad);
    kept = i;
  }
  if (!copied) return text;
  repaired_.append(text.substr(kept));
  return repaired_;
}

bool IsBlank(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (!IsWhiteSpace(DecodeUtf8(text, &i))) return false;
  }
  return true;
}

TrainEvalSplit::Part TrainEvalSplit::Next(const LinePiece& piece) {
  if (!counted_ && !IsBlank(piece.text)) {
    counted_ = true;
    ++lines_;
  }
  const Part part = !counted_                ? Part::kBlank
                    : lines_ % kEvery == 0   ? Part::kEvaluation
                                             : Part::kTrain;
  if (!piece.continues) counted_ = false;
  return part;
}

}  // namespace hairpin
