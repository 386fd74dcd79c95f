// Tables of text: CSV with a header.
//
//   absl::StatusOr<CsvTable> table = ReadCsv("penguins.csv");      // "-": standard input
//   int column = table->Find("sex");                               // -1 where there is none
//   std::string_view cell = table->Cell(3, column);                // "" for a missing value
//
// The first line names the columns. Fields are parted by the delimiter, lines end in LF or CRLF or
// with the file. A field in double quotes may hold delimiters, line ends and, doubled, quotes;
// around others spaces and tabs vanish. Empty lines are skipped, a byte order mark is left out.
// Source: Shafranovich, RFC 4180, 2005.
//
// A cell that is empty, NA, N/A, NaN, null or ? (in any case of letters) is a missing value.
//
// Errors are INVALID_ARGUMENT and begin with "file:line:column: ", the column in bytes from 1: not
// UTF-8, a NUL, a quote where none may be, a quote without an end, a line with more or fewer
// fields than the header, no line but the header, a name twice; RESOURCE_EXHAUSTED for more than
// kMaxCsvBytes. Memory is the cells' text and four bytes for each.
#ifndef HAIRPIN_DATA_TABLE_CSV_H_
#define HAIRPIN_DATA_TABLE_CSV_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/stop_question.h"

namespace hairpin {

inline constexpr int64_t kMaxCsvBytes = int64_t{1} << 30;

struct CsvOptions {
  char delimiter = ',';  // or ';', a tab: neither a quote nor a line end
  StopQuestion stop = nullptr;  // asked before each read and at each line; true: CANCELLED
};

class CsvTable {
 public:
  const std::string& name() const { return name_; }  // the file, for messages
  int64_t rows() const { return static_cast<int64_t>(lines_.size()); }
  int columns() const { return static_cast<int>(column_names_.size()); }
  const std::vector<std::string>& column_names() const { return column_names_; }
  int Find(std::string_view column_name) const;

  // Without quotes; empty where the value is missing.
  std::string_view Cell(int64_t row, int column) const;

  // A table of these rows alone, in this order; their places stay those of the file.
  // CANCELLED where `stop`, asked at each row, says so.
  absl::StatusOr<CsvTable> Select(std::span<const int64_t> rows,
                                  const StopQuestion& stop = nullptr) const;

  // "penguins.csv:5: column 3 (bill_length_mm): ", with which a message about a cell begins.
  std::string Place(int64_t row, int column) const;

 private:
  friend absl::StatusOr<CsvTable> ParseCsv(std::string_view, const std::string&, CsvOptions);

  std::string name_;
  std::vector<std::string> column_names_;
  std::string text_;            // all cells one after another, row by row
  std::vector<uint32_t> ends_;  // of each in text_
  std::vector<uint32_t> lines_; // where each row begins, from 1
};

// `name` stands for the text in messages.
absl::StatusOr<CsvTable> ParseCsv(std::string_view text, const std::string& name,
                                  CsvOptions options = {});

// A file or, for "-", standard input, where `stop` is also asked while nothing comes. Errors of
// files: tensor/file.h.
absl::StatusOr<CsvTable> ReadCsv(const std::string& path, CsvOptions options = {});

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TABLE_CSV_H_
