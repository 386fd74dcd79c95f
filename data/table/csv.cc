#include "data/table/csv.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "data/utf8.h"
#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsMissing(std::string_view cell) {
  static constexpr std::array<absl::string_view, 6> kWords = {"", "na", "n/a", "nan", "null", "?"};
  return std::any_of(kWords.begin(), kWords.end(), [&](absl::string_view word) {
    return absl::EqualsIgnoreCase(View(cell), word);
  });
}

// How long a question may wait for standard input.
constexpr int kWaitMilliseconds = 100;

// Goes through the text and knows where it is.
class Parser {
 public:
  Parser(std::string_view text, const std::string& name, char delimiter)
      : text_(text), name_(name), delimiter_(delimiter) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_begin_ = 3;
  }

  // Appends the fields of the next line that is not empty; false at the end.
  absl::StatusOr<bool> Next(std::string* cells, std::vector<uint32_t>* ends) {
    while (at_ < text_.size() && EndsLine()) SkipLineEnd();
    if (at_ == text_.size()) return false;
    first_line_ = line_;
    while (true) {
      absl::Status status = text_[at_] == '"' ? Quoted(cells) : Plain(cells);
      if (!status.ok()) return status;
      ends->push_back(static_cast<uint32_t>(cells->size()));
      if (at_ == text_.size()) return true;
      if (EndsLine()) {
        SkipLineEnd();
        return true;
      }
      ++at_;  // the delimiter
      if (at_ == text_.size()) {
        ends->push_back(static_cast<uint32_t>(cells->size()));
        return true;
      }
    }
  }

  // Of the line where the last row began.
  int64_t first_line() const { return first_line_; }

  absl::Status Error(size_t at, const std::string& message) const {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ":", line_, ":", at - line_begin_ + 1, ": ", message));
  }

  // What no text has, wherever it stands.
  absl::Status CheckBytes(const StopQuestion& stop) {
    Parser scan = *this;
    int bad;
    for (; scan.at_ < text_.size();) {
      if (text_[scan.at_] == '\0') {
        return scan.Error(scan.at_, "found a NUL byte, expected text");
      }
      const int length = Utf8Length(text_.substr(scan.at_), &bad);
      if (length == 0) return scan.Error(scan.at_, "found bytes that are not UTF-8, expected text");
      if (text_[scan.at_] == '\n') {
        scan.SkipLineEnd();
        if (absl::Status s = CheckStop(stop, name_, " was checked"); !s.ok()) return s;
      } else {
        scan.at_ += static_cast<size_t>(length);
      }
    }
    return absl::OkStatus();
  }

 private:
  bool EndsLine() const { return text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }

  void SkipLineEnd() {
    at_ += text_[at_] == '\r' ? 2 : 1;
    line_begin_ = at_;
    ++line_;
  }

  absl::Status Plain(std::string* cells) {
    const size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] != delimiter_ && !EndsLine(); ++at_) {
      if (text_[at_] == '"') {
        return Error(at_, "found a quote inside a field, expected it at the field's begin (and "
                          "doubled inside)");
      }
      if (text_[at_] == '\r') {
        return Error(at_, "found a carriage return inside a line, expected a line feed after it");
      }
    }
    const absl::string_view field =
        absl::StripAsciiWhitespace(View(text_.substr(begin, at_ - begin)));
    cells->append(field.data(), field.size());
    return absl::OkStatus();
  }

  absl::Status Quoted(std::string* cells) {
    const absl::Status no_end =
        Error(at_, "found a quote and no second one that ends the field, expected one");
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c != '"') {
        *cells += c;
        if (c == '\n') {
          SkipLineEnd();
        } else {
          ++at_;
        }
      } else if (text_.substr(at_, 2) == "\"\"") {
        *cells += c;
        at_ += 2;
      } else {
        ++at_;
        if (at_ == text_.size() || text_[at_] == delimiter_ || EndsLine()) return absl::OkStatus();
        return Error(at_, "found text after a field's second quote, expected the field's end");
      }
    }
    return no_end;
  }

  std::string_view text_;
  const std::string& name_;
  char delimiter_;
  size_t at_ = 0, line_begin_ = 0;
  int64_t line_ = 1, first_line_ = 1;
};

}  // namespace

int CsvTable::Find(std::string_view column_name) const {
  const auto found = std::find(column_names_.begin(), column_names_.end(), column_name);
  return found == column_names_.end() ? -1 : static_cast<int>(found - column_names_.begin());
}

std::string_view CsvTable::Cell(int64_t row, int column) const {
  HAIRPIN_CHECK(row >= 0 && row < rows() && column >= 0 && column < columns())
      << "CsvTable: cell " << row << ", " << column << " of " << rows() << " x " << columns();
  const auto i = static_cast<size_t>(row * columns() + column);
  const uint32_t begin = i == 0 ? 0 : ends_[i - 1];
  const std::string_view cell = std::string_view(text_).substr(begin, ends_[i] - begin);
  return IsMissing(cell) ? std::string_view() : cell;
}

absl::StatusOr<CsvTable> CsvTable::Select(std::span<const int64_t> rows,
                                          const StopQuestion& stop) const {
  CsvTable table;
  table.name_ = name_;
  table.column_names_ = column_names_;
  table.text_.reserve(text_.size());
  table.ends_.reserve(rows.size() * column_names_.size());
  for (const int64_t row : rows) {
    if (absl::Status s = CheckStop(stop, "rows of ", name_, " were chosen"); !s.ok()) return s;
    for (int column = 0; column < columns(); ++column) {
      table.text_ += Cell(row, column);
      table.ends_.push_back(static_cast<uint32_t>(table.text_.size()));
    }
    table.lines_.push_back(lines_[row]);
  }
  return table;
}

std::string CsvTable::Place(int64_t row, int column) const {
  return absl::StrCat(name_, ":", lines_[row], ": column ", column + 1, " (",
                      column_names_[column], "): ");
}

absl::StatusOr<CsvTable> ParseCsv(std::string_view text, const std::string& name,
                                  CsvOptions options) {
  if (static_cast<int64_t>(text.size()) > kMaxCsvBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(name, ": found more than ", kMaxCsvBytes,
                                                     " bytes, expected at most so many"));
  }
  Parser parser(text, name, options.delimiter);
  if (absl::Status status = parser.CheckBytes(options.stop); !status.ok()) return status;
  CsvTable table;
  table.name_ = name;
  std::string header;
  std::vector<uint32_t> ends;
  absl::StatusOr<bool> more = parser.Next(&header, &ends);
  if (!more.ok()) return more.status();
  if (!*more) return parser.Error(0, "found no text, expected a line with the columns' names");
  for (size_t i = 0; i < ends.size(); ++i) {
    const uint32_t begin = i == 0 ? 0 : ends[i - 1];
    const std::string column = header.substr(begin, ends[i] - begin);
    if (column.empty() || table.Find(column) >= 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, ":", parser.first_line(), ": column ", i + 1, ": found ",
          column.empty() ? "no name" : absl::StrCat("\"", column, "\" a second time"),
          ", expected each column to have a name of its own"));
    }
    table.column_names_.push_back(column);
  }
  table.text_.reserve(text.size());  // enough: no copy of half a gigabyte while it grows
  while (true) {
    if (absl::Status s = CheckStop(options.stop, name, " was parsed"); !s.ok()) return s;
    const size_t before = table.ends_.size();
    more = parser.Next(&table.text_, &table.ends_);
    if (!more.ok()) return more.status();
    if (!*more) break;
    const size_t fields = table.ends_.size() - before;
    if (fields != table.column_names_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", parser.first_line(), ": found ", fields,
                       fields == 1 ? " field" : " fields", ", expected ", table.columns(),
                       " as in the header"));
    }
    table.lines_.push_back(static_cast<uint32_t>(parser.first_line()));
  }
  if (table.rows() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": found a header and no line after it, expected at least one"));
  }
  return table;
}

absl::StatusOr<CsvTable> ReadCsv(const std::string& path, CsvOptions options) {
  if (path != "-") {
    absl::StatusOr<std::string> text = ReadFile(path, kMaxCsvBytes, options.stop);
    if (!text.ok()) return text.status();
    return ParseCsv(*text, path, std::move(options));
  }
  const std::string name = "standard input";
  std::string text;
  std::vector<char> piece(size_t{1} << 16);
  while (static_cast<int64_t>(text.size()) <= kMaxCsvBytes) {
    if (absl::Status s = CheckStop(options.stop, name, " was read"); !s.ok()) return s;
    // A read of a pipe that nobody writes to goes on after a signal.
    pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int come = options.stop ? poll(&ready, 1, kWaitMilliseconds) : 1;
    if (come == 0 || (come < 0 && errno == EINTR)) continue;
    const ssize_t got = read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, name, "read");
    if (got == 0) break;
    text.append(piece.data(), static_cast<size_t>(got));
  }
  return ParseCsv(text, name, std::move(options));
}

}  // namespace hairpin
