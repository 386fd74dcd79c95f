// From a table's file to the config of the model that learns from it, and what a run keeps of it.
//
//   absl::StatusOr<TableDataset> table = ReadTable("penguins.csv", "species", "", "sex", 0.2);
//   absl::StatusOr<LinearModelConfig> config = ConfigOf(*table, "mlp", "64,64", "species");
//   absl::Status kept = WriteEncoding(*table, run_folder);
#ifndef HAIRPIN_TOOLS_TABULAR_TABLE_MODEL_H_
#define HAIRPIN_TOOLS_TABULAR_TABLE_MODEL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/table/table_dataset.h"
#include "models/linear/linear_model.h"

namespace hairpin {

// ReadTableDataset, with names of columns separated by commas. NOT_FOUND where path is empty: the
// table that is in the tree, where the program was not started beside it.
absl::StatusOr<TableDataset> ReadTable(const std::string& path, const std::string& target,
                                       const std::string& categories, const std::string& ignore,
                                       double evaluation_share);

// For the columns and the target of a table. model: linear, logistic or mlp; hidden: channels of
// mlp's layers, separated by commas; target: the column's name. INVALID_ARGUMENT, naming the flag
// --model or --hidden, for a model that does not tell such a target, and for other channels.
absl::StatusOr<LinearModelConfig> ConfigOf(const TableDataset& table, const std::string& model,
                                           const std::string& hidden, const std::string& target);

// Writes what became of the columns (data/table/table_encoding.proto) to FOLDER/table.textproto;
// nothing where the table was made of numbers alone, without columns.
absl::Status WriteEncoding(const TableDataset& table, const std::string& folder);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TABULAR_TABLE_MODEL_H_
