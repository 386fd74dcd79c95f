#include "data/table/table_encoding.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/table/table_cells.h"

namespace hairpin {
namespace {

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
  const absl::StatusOr<int> at = FindColumn(table, encoding.target());
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

absl::StatusOr<Dataset> EncodeTable(const CsvTable& table, const TableEncoding& encoding,
                                    bool with_target, const StopQuestion& stop) {
  std::vector<int> columns;
  int64_t width = 0;
  for (const TableColumn& column : encoding.features()) {
    const absl::StatusOr<int> at = FindColumn(table, column.name());
    if (!at.ok()) return at.status();
    columns.push_back(*at);
    width += Width(column);
  }
  std::vector<float> features(static_cast<size_t>(table.rows() * width));
  std::span<float> rest(features);
  for (int64_t row = 0; row < table.rows(); ++row) {
    absl::Status go_on = CheckStop(stop, table.name(), " became numbers");
    if (!go_on.ok()) return go_on;
    for (int i = 0; i < encoding.features_size(); ++i) {
      const TableColumn& column = encoding.features(i);
      const auto used = static_cast<size_t>(Width(column));
      absl::Status status = EncodeCell(table, row, columns[i], column, rest.first(used));
      if (!status.ok()) return status;
      rest = rest.subspan(used);
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
