// FitTable of table_encoding.h.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/table/table_cells.h"
#include "data/table/table_encoding.h"
#include "tensor/check.h"
#include "tensor/stop_question.h"

namespace hairpin {
namespace {

absl::Status GoOn(const CsvTable& table, const TableOptions& options) {
  return CheckStop(options.stop, "the columns of ", table.name(), " were looked at");
}

// Whether a column holds numbers and shall be one.
absl::StatusOr<bool> IsNumber(const CsvTable& table, int column, bool category,
                              const TableOptions& options) {
  int64_t cells = 0, numbers = 0, first_other = -1;
  for (int64_t row = 0; row < table.rows(); ++row) {
    if (absl::Status s = GoOn(table, options); !s.ok()) return s;
    const std::string_view cell = table.Cell(row, column);
    if (cell.empty()) continue;
    ++cells;
    if (Number(cell)) {
      ++numbers;
    } else if (first_other < 0) {
      first_other = row;
    }
  }
  if (cells == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        table.Place(0, column), "found no value in any line, expected at least one"));
  }
  if (!category && numbers < cells && 2 * numbers >= cells) {
    return absl::InvalidArgumentError(absl::StrCat(
        table.Place(first_other, column), "found ", Quoted(table.Cell(first_other, column)),
        ", expected a number as in ", numbers, " other lines (or that the column is said to be a "
        "category)"));
  }
  return !category && numbers == cells;
}

// Different ones, sorted, of all rows.
absl::StatusOr<std::set<std::string_view>> ValuesOf(const CsvTable& table, int column,
                                                    const TableOptions& options) {
  std::set<std::string_view> values;
  for (int64_t row = 0; row < table.rows(); ++row) {
    if (absl::Status s = GoOn(table, options); !s.ok()) return s;
    const std::string_view cell = table.Cell(row, column);
    if (!cell.empty()) values.insert(cell);
  }
  if (std::ssize(values) <= options.max_values) return values;
  return absl::InvalidArgumentError(absl::StrCat(
      table.Place(0, column), "found ", values.size(), " different values, expected ",
      options.max_values, " at most, or numbers (or that the column is ignored)"));
}

// Mean and deviation of the cells.
void FitNumber(std::span<const std::string_view> cells, bool standardize, TableColumn* fitted) {
  std::vector<double> numbers;
  for (const std::string_view cell : cells) numbers.push_back(*Number(cell));
  double sum = 0, squares = 0;
  for (const double x : numbers) sum += x;
  const double mean = numbers.empty() ? 0 : sum / static_cast<double>(numbers.size());
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  const double deviation =
      numbers.empty() ? 0 : std::sqrt(squares / static_cast<double>(numbers.size()));
  fitted->set_kind(TableColumn::NUMBER);
  fitted->set_mean(mean);
  fitted->set_shift(standardize ? mean : 0);
  fitted->set_scale(standardize && deviation > 0 ? deviation : 1);
}

void FitCategory(std::span<const std::string_view> cells, bool one_hot,
                 const std::set<std::string_view>& values, TableColumn* fitted) {
  fitted->set_kind(one_hot ? TableColumn::ONE_HOT : TableColumn::INDEX);
  fitted->mutable_values()->Assign(values.begin(), values.end());
  std::vector<int64_t> counts(values.size());
  for (const std::string_view cell : cells) ++counts[IndexOf(fitted->values(), cell)];
  const auto most = std::max_element(counts.begin(), counts.end());
  fitted->set_most_frequent(static_cast<int>(most - counts.begin()));
}

absl::Status FitColumn(const CsvTable& table, int column, std::span<const int64_t> rows,
                       const TableOptions& options, TableColumn* fitted) {
  const std::string& name = table.column_names()[column];
  const bool category = std::count(options.categories.begin(), options.categories.end(), name) > 0;
  const absl::StatusOr<bool> number = IsNumber(table, column, category, options);
  if (!number.ok()) return number.status();
  fitted->set_name(name);
  std::vector<std::string_view> cells;  // of `rows`, without missing ones
  for (const int64_t row : rows) {
    if (absl::Status s = GoOn(table, options); !s.ok()) return s;
    const std::string_view cell = table.Cell(row, column);
    if (!cell.empty()) cells.push_back(cell);
  }
  fitted->set_indicator(cells.size() < rows.size());
  if (*number) {
    FitNumber(cells, options.standardize, fitted);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::set<std::string_view>> values = ValuesOf(table, column, options);
  if (!values.ok()) return values.status();
  FitCategory(cells, options.one_hot, *values, fitted);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TableEncoding> FitTable(const CsvTable& table, std::span<const int64_t> rows,
                                       const TableOptions& options) {
  HAIRPIN_CHECK(!rows.empty()) << "FitTable: no rows";
  const absl::StatusOr<int> target = FindColumn(table, options.target);
  if (!target.ok()) return target.status();
  std::set<int> left_out = {*target};
  for (const std::string& name : options.ignore) {
    const absl::StatusOr<int> column = FindColumn(table, name);
    if (!column.ok()) return column.status();
    left_out.insert(*column);
  }
  for (const std::string& name : options.categories) {
    const absl::StatusOr<int> column = FindColumn(table, name);
    if (!column.ok()) return column.status();
  }
  TableColumn fitted;
  absl::Status status = FitColumn(table, *target, rows, options, &fitted);
  if (!status.ok()) return status;
  TableEncoding encoding;
  encoding.set_target(options.target);
  *encoding.mutable_classes() = fitted.values();
  if (encoding.classes_size() == 1) {
    return absl::InvalidArgumentError(absl::StrCat(table.Place(0, *target), "found ",
                                                   Quoted(encoding.classes(0)),
                                                   " in every line, expected two values or more"));
  }
  for (int column = 0; column < table.columns(); ++column) {
    if (left_out.contains(column)) continue;
    status = FitColumn(table, column, rows, options, encoding.add_features());
    if (!status.ok()) return status;
  }
  if (encoding.features_size() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        table.name(), ": found no column but the target, expected at least one to tell it from"));
  }
  return encoding;
}

}  // namespace hairpin
