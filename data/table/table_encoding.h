// Columns of text become features: numbers standardised, categories one-hot, gaps filled.
//
//   const Split split = SplitByIndex(table.rows(), {.test = 0.2});
//   auto encoding = FitTable(table, split.train, {.target = "species"});
//   auto dataset = EncodeTable(table, *encoding);                // all rows of the table
//   FeatureNames(*encoding);          // "bill_length_mm", "bill_length_mm missing", "sex=male"
//
// A column whose cells are numbers is a number, else a category. With n numbers x of the rows for
// training, m their mean:
//   feature = (x - m) / s,   s = sqrt(sum (x - m)^2 / n), or 1 where that is 0
// A category becomes as many features as it has values, of which one is 1, or its index, the values
// sorted by bytes. A missing value becomes m, or the value that is most frequent among the rows for
// training (of equally frequent ones the first), and, if one of those rows lacks it, a further
// feature is 1 there and 0 elsewhere. A target that is a number becomes the dataset's target as it
// stands, another one its class.
//
// Values of categories and of the target are taken from all rows of the table, everything else from
// the rows for training, so that nothing is learnt from those for testing.
//
// Errors are INVALID_ARGUMENT with file, line and column, what was found and what was expected.
#ifndef HAIRPIN_DATA_TABLE_TABLE_ENCODING_H_
#define HAIRPIN_DATA_TABLE_TABLE_ENCODING_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "data/dataset.h"
#include "data/table/csv.h"
#include "data/table/table_encoding.pb.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct TableOptions {
  std::string target;                        // a column's name
  std::vector<std::string> categories = {};  // columns that are categories though they are numbers
  std::vector<std::string> ignore = {};      // columns that are left out
  bool standardize = true;                   // else shift is 0 and scale 1
  bool one_hot = true;                       // else categories become their index
  // A category with more values is more likely a mistake (a name, a number with a typing error).
  int max_values = 100;
  StopQuestion stop = nullptr;  // asked at each row and column; true: CANCELLED
};

// `rows`, at least one, are those for training. Besides what is said above: a column that is named
// and not there; a column without any value; a target of one value only; a row without target; a
// cell that is no number where at least half of its column's are.
absl::StatusOr<TableEncoding> FitTable(const CsvTable& table, std::span<const int64_t> rows,
                                       const TableOptions& options);

// Every row of a table that has the encoding's columns, in any order, and maybe others; without
// `with_target` the target's column is not looked at. A category's value that is none of the
// encoding's is an error. CANCELLED where `stop`, asked at each row, says so.
absl::StatusOr<Dataset> EncodeTable(const CsvTable& table, const TableEncoding& encoding,
                                    bool with_target = true, const StopQuestion& stop = nullptr);

// What each feature is, in order.
std::vector<std::string> FeatureNames(const TableEncoding& encoding);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TABLE_TABLE_ENCODING_H_
