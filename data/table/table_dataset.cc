#include "data/table/table_dataset.h"

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/table/csv.h"

namespace hairpin {
namespace {

void StandardizeTargets(TableDataset* table) {
  const std::span<const float> numbers = table->dataset.targets();
  const std::vector<int64_t>& train = table->split.train;
  const double n = static_cast<double>(train.size());
  double sum = 0, squares = 0;
  for (const int64_t row : train) sum += numbers[row];
  const double mean = sum / n;
  for (const int64_t row : train) squares += (numbers[row] - mean) * (numbers[row] - mean);
  const double deviation = squares > 0 ? std::sqrt(squares / n) : 1;
  std::vector<float> targets;
  for (const float number : numbers) {
    targets.push_back(static_cast<float>((number - mean) / deviation));
  }
  table->dataset.SetTargets(std::move(targets), 1);
  table->target_mean = mean;
  table->target_deviation = deviation;
}

// The rows that have a value in the column, all where there is no such column.
std::vector<int64_t> RowsWith(const CsvTable& csv, const std::string& column_name) {
  const int column = csv.Find(column_name);
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < csv.rows(); ++row) {
    if (column < 0 || !csv.Cell(row, column).empty()) rows.push_back(row);
  }
  return rows;
}

absl::StatusOr<Split> SplitRows(int64_t rows, double share, const std::string& name) {
  Split split = SplitByIndex(rows, {.valid = 0, .test = share});
  if (!split.train.empty() && !split.test.empty()) return split;
  return absl::InvalidArgumentError(absl::StrCat(name, "found ", split.train.size(),
                                                 " rows for training and ", split.test.size(),
                                                 " for evaluation, expected at least one of each"));
}

}  // namespace

absl::StatusOr<TableDataset> SplitDataset(Dataset dataset, double evaluation_share) {
  absl::StatusOr<Split> split = SplitRows(dataset.size(), evaluation_share, "");
  if (!split.ok()) return split.status();
  return TableDataset{.dataset = std::move(dataset), .split = *std::move(split)};
}

absl::StatusOr<TableDataset> ReadTableDataset(const std::string& path, const TableOptions& options,
                                              double evaluation_share) {
  const absl::StatusOr<CsvTable> all = ReadCsv(path, {.stop = options.stop});
  if (!all.ok()) return all.status();
  const absl::StatusOr<CsvTable> with_target =
      all->Select(RowsWith(*all, options.target), options.stop);
  if (!with_target.ok()) return with_target.status();
  const CsvTable& csv = *with_target;
  absl::StatusOr<Split> split =
      SplitRows(csv.rows(), evaluation_share, absl::StrCat(csv.name(), ": "));
  if (!split.ok()) return split.status();
  const absl::StatusOr<TableEncoding> encoding = FitTable(csv, split->train, options);
  if (!encoding.ok()) return encoding.status();
  absl::StatusOr<Dataset> dataset = EncodeTable(csv, *encoding, /*with_target=*/true, options.stop);
  if (!dataset.ok()) return dataset.status();
  TableDataset table = {.dataset = *std::move(dataset),
                        .rows_without_target = all->rows() - csv.rows(),
                        .split = *std::move(split),
                        .encoding = *encoding};
  if (!table.dataset.has_classes()) StandardizeTargets(&table);
  return table;
}

}  // namespace hairpin
