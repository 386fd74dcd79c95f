#include "data/table/table_encoding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

std::optional<double> Number(std::string_view cell) {
  if (cell.starts_with('+')) cell.remove_prefix(1);
  double value;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::string Quoted(std::string_view cell) {
  return absl::StrCat("\"", std::string(cell.substr(0, 60)), cell.size() > 60 ? "..." : "", "\"");
}

absl::StatusOr<int> Find(const CsvTable& table, const std::string& column) {
  const int found = table.Find(column);
  if (found >= 0) return found;
  return absl::InvalidArgumentError(absl::StrCat(table.name(), ": found no column \"", column,
                                                 "\", expected one of ",
                                                 absl::StrJoin(table.column_names(), ", ")));
}

// All values of a column, sorted, and whether it holds numbers.
struct Values {
  std::vector<std::string> sorted;
  bool numbers = true;
};

absl::StatusOr<Values> ValuesOf(const CsvTable& table, int column, bool category) {
  int64_t cells = 0, numbers = 0, first_other = -1;
  std::set<std::string_view> values;
  for (int64_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.Cell(row, column);
    if (cell.empty()) continue;
    ++cells;
    values.insert(cell);
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
  return Values{{values.begin(), values.end()}, !category && numbers == cells};
}

// Mean and deviation of the numbers in `rows`.
void FitNumber(const CsvTable& table, int column, std::span<const int64_t> rows, bool standardize,
               TableColumn* fitted) {
  std::vector<double> numbers;
  for (const int64_t row : rows) {
    const std::string_view cell = table.Cell(row, column);
    if (!cell.empty()) numbers.push_back(*Number(cell));
  }
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

int IndexOf(const google::protobuf::RepeatedPtrField<std::string>& sorted, std::string_view cell) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), cell);
  return at != sorted.end() && *at == cell ? static_cast<int>(at - sorted.begin()) : -1;
}

void FitCategory(const CsvTable& table, int column, std::span<const int64_t> rows, bool one_hot,
                 const std::vector<std::string>& values, TableColumn* fitted) {
  fitted->set_kind(one_hot ? TableColumn::ONE_HOT : TableColumn::INDEX);
  fitted->mutable_values()->Assign(values.begin(), values.end());
  std::vector<int64_t> counts(values.size());
  for (const int64_t row : rows) {
    const std::string_view cell = table.Cell(row, column);
    if (!cell.empty()) ++counts[IndexOf(fitted->values(), cell)];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  fitted->set_most_frequent(static_cast<int>(most - counts.begin()));
}

absl::Status FitColumn(const CsvTable& table, int column, std::span<const int64_t> rows,
                       const TableOptions& options, TableColumn* fitted) {
  const std::string& name = table.column_names()[column];
  const bool category = std::count(options.categories.begin(), options.categories.end(), name) > 0;
  absl::StatusOr<Values> values = ValuesOf(table, column, category);
  if (!values.ok()) return values.status();
  fitted->set_name(name);
  if (values->numbers) {
    FitNumber(table, column, rows, options.standardize, fitted);
  } else if (static_cast<int64_t>(values->sorted.size()) > options.max_values) {
    return absl::InvalidArgumentError(absl::StrCat(
        table.Place(0, column), "found ", values->sorted.size(), " different values, expected ",
        options.max_values, " at most, or numbers (or that the column is ignored)"));
  } else {
    FitCategory(table, column, rows, options.one_hot, values->sorted, fitted);
  }
  fitted->set_indicator(std::any_of(rows.begin(), rows.end(), [&](int64_t row) {
    return table.Cell(row, column).empty();
  }));
  return absl::OkStatus();
}

int Width(const TableColumn& column) {
  return (column.kind() == TableColumn::ONE_HOT ? column.values_size() : 1) +
         (column.indicator() ? 1 : 0);
}

absl::Status EncodeCell(const CsvTable& table, int64_t row, int at, const TableColumn& column,
                        std::span<float> features) {
  const std::string_view cell = table.Cell(row, at);
  if (column.indicator()) features.back() = cell.empty() ? 1 : 0;
  if (column.kind() == TableColumn::NUMBER) {
    const std::optional<double> number = cell.empty() ? column.mean() : Number(cell);
    if (!number) {
      return absl::InvalidArgumentError(
          absl::StrCat(table.Place(row, at), "found ", Quoted(cell), ", expected a number"));
    }
    features[0] = static_cast<float>((*number - column.shift()) / column.scale());
    return absl::OkStatus();
  }
  const int index = cell.empty() ? column.most_frequent() : IndexOf(column.values(), cell);
  if (index < 0) {
    return absl::InvalidArgumentError(absl::StrCat(table.Place(row, at), "found ", Quoted(cell),
                                                   ", expected one of ",
                                                   absl::StrJoin(column.values(), ", ")));
  }
  if (column.kind() == TableColumn::ONE_HOT) {
    features[index] = 1;
  } else {
    features[0] = static_cast<float>(index);
  }
  return absl::OkStatus();
}

absl::Status EncodeTarget(const CsvTable& table, const TableEncoding& encoding, Dataset* dataset) {
  const absl::StatusOr<int> at = Find(table, encoding.target());
  if (!at.ok()) return at.status();
  const bool classify = encoding.classes_size() > 0;
  std::vector<int32_t> classes;
  std::vector<float> targets;
  for (int64_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.Cell(row, *at);
    const std::optional<double> number = classify ? std::nullopt : Number(cell);
    const int index = classify ? IndexOf(encoding.classes(), cell) : -1;
    if (classify ? index < 0 : !number.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          table.Place(row, *at), "found ", cell.empty() ? "no value" : Quoted(cell), ", expected ",
          classify ? absl::StrCat("one of ", absl::StrJoin(encoding.classes(), ", "))
                   : "a number"));
    }
    if (classify) {
      classes.push_back(index);
    } else {
      targets.push_back(static_cast<float>(*number));
    }
  }
  if (classify) {
    dataset->SetClasses(std::move(classes), {encoding.classes().begin(), encoding.classes().end()});
  } else {
    dataset->SetTargets(std::move(targets), 1);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TableEncoding> FitTable(const CsvTable& table, std::span<const int64_t> rows,
                                       const TableOptions& options) {
  HAIRPIN_CHECK(!rows.empty()) << "FitTable: no rows";
  const absl::StatusOr<int> target = Find(table, options.target);
  if (!target.ok()) return target.status();
  std::set<int> left_out = {*target};
  for (const std::string& name : options.ignore) {
    const absl::StatusOr<int> column = Find(table, name);
    if (!column.ok()) return column.status();
    left_out.insert(*column);
  }
  for (const std::string& name : options.categories) {
    if (const absl::StatusOr<int> column = Find(table, name); !column.ok()) return column.status();
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

absl::StatusOr<Dataset> EncodeTable(const CsvTable& table, const TableEncoding& encoding,
                                    bool with_target) {
  std::vector<int> columns;
  int64_t width = 0;
  for (const TableColumn& column : encoding.features()) {
    const absl::StatusOr<int> at = Find(table, column.name());
    if (!at.ok()) return at.status();
    columns.push_back(*at);
    width += Width(column);
  }
  std::vector<float> features(static_cast<size_t>(table.rows() * width));
  std::span<float> rest(features);
  for (int64_t row = 0; row < table.rows(); ++row) {
    for (int i = 0; i < encoding.features_size(); ++i) {
      const TableColumn& column = encoding.features(i);
      absl::Status status =
          EncodeCell(table, row, columns[i], column, rest.first(static_cast<size_t>(Width(column))));
      if (!status.ok()) return status;
      rest = rest.subspan(static_cast<size_t>(Width(column)));
    }
  }
  Dataset dataset = Dataset::FromFloats(Shape({width}), std::move(features));
  if (with_target) {
    if (absl::Status status = EncodeTarget(table, encoding, &dataset); !status.ok()) return status;
  }
  return dataset;
}

std::vector<std::string> FeatureNames(const TableEncoding& encoding) {
  std::vector<std::string> names;
  for (const TableColumn& column : encoding.features()) {
    if (column.kind() == TableColumn::ONE_HOT) {
      for (const std::string& value : column.values()) {
        names.push_back(absl::StrCat(column.name(), "=", value));
      }
    } else {
      names.push_back(column.name());
    }
    if (column.indicator()) names.push_back(absl::StrCat(column.name(), " missing"));
  }
  return names;
}

}  // namespace hairpin
