// What fitting and encoding both ask of a table's cells; see table_encoding.h.
//
//   std::optional<double> number = Number(table.Cell(row, column));
#ifndef HAIRPIN_DATA_TABLE_TABLE_CELLS_H_
#define HAIRPIN_DATA_TABLE_TABLE_CELLS_H_

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/table/csv.h"
#include "data/table/table_encoding.pb.h"

namespace hairpin {

// The finite number that a cell is, if it is one.
inline std::optional<double> Number(std::string_view cell) {
  if (cell.starts_with('+')) cell.remove_prefix(1);
  double value;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

// Shortened for a message.
inline std::string Quoted(std::string_view cell) {
  return absl::StrCat("\"", std::string(cell.substr(0, 60)), cell.size() > 60 ? "..." : "", "\"");
}

// Where a column stands, or a message with the names that there are.
inline absl::StatusOr<int> FindColumn(const CsvTable& table, const std::string& column) {
  const int found = table.Find(column);
  if (found >= 0) return found;
  return absl::InvalidArgumentError(absl::StrCat(table.name(), ": found no column \"", column,
                                                 "\", expected one of ",
                                                 absl::StrJoin(table.column_names(), ", ")));
}

// Where `cell` stands among sorted values, or -1.
inline int IndexOf(const google::protobuf::RepeatedPtrField<std::string>& sorted,
                   std::string_view cell) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), cell);
  return at != sorted.end() && *at == cell ? static_cast<int>(at - sorted.begin()) : -1;
}

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TABLE_TABLE_CELLS_H_
