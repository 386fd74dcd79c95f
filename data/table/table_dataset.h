// A table, read and ready to train on: its records, and which of them are for evaluation.
//
//   auto table = ReadTableDataset("houses.csv", {.target = "price"}, /*evaluation_share=*/0.2);
//   const Batcher train(table->dataset, table->split.train);
#ifndef HAIRPIN_DATA_TABLE_TABLE_DATASET_H_
#define HAIRPIN_DATA_TABLE_TABLE_DATASET_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "data/dataset.h"
#include "data/split.h"
#include "data/table/table_encoding.h"

namespace hairpin {

struct TableDataset {
  Dataset dataset;  // the rows that have a target
  int64_t rows_without_target = 0;
  Split split;  // train and test
  TableEncoding encoding = {};  // what the features are; without any for made-up records
  // Of a target that is a number, over the rows for training. The dataset's targets are
  // (number - mean) / deviation, a deviation of 0 counting as 1.
  double target_mean = 0;
  double target_deviation = 1;
};

// Of made-up records, split by their numbers. INVALID_ARGUMENT where a part has none.
absl::StatusOr<TableDataset> SplitDataset(Dataset dataset, double evaluation_share);

// A CSV file with a header, or "-" for standard input; split by the rows' numbers (data/split.h)
// once those without a target are left out. Errors: csv.h, table_encoding.h; INVALID_ARGUMENT where
// a part has no rows.
absl::StatusOr<TableDataset> ReadTableDataset(const std::string& path, const TableOptions& options,
                                              double evaluation_share);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TABLE_TABLE_DATASET_H_
