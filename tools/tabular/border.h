// A picture of where a classifier's borders run, over the plane of two features.
//
//   const auto axes = FindBorderAxes(table, "bill_length_mm,flipper_length_mm");
//   if (axes.ok() && !axes->empty()) {
//     WriteFileAtomically(path, DrawBorder(table, *axes, [&](const Tensor& rows) {
//       return task.Classes(rows);                       // one of each row [N, features]
//     }));
//   }
//
// Every place has the pale colour of the class that is said there, the table's other features being
// at their means over the rows for training; the rows are points in the colours of their own
// classes, those for evaluation larger.
#ifndef HAIRPIN_TOOLS_TABULAR_BORDER_H_
#define HAIRPIN_TOOLS_TABULAR_BORDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "data/table/table_dataset.h"
#include "tensor/tensor.h"

namespace hairpin {

// A feature that is a number: (x - shift) / scale of the table's.
struct BorderAxis {
  std::string name;
  int64_t feature = 0;
  double shift = 0, scale = 1;
};

// Two, named as "X,Y". Without names: all features, where there are two of them and both are
// numbers; else, and where rows have no classes, none. INVALID_ARGUMENT for names that are not of
// two columns of numbers, and where there are no classes to be told apart.
absl::StatusOr<std::vector<BorderAxis>> FindBorderAxes(const TableDataset& table,
                                                       std::string_view names);

using Classifier = std::function<std::vector<int32_t>(const Tensor& rows)>;

// An SVG file.
std::string DrawBorder(const TableDataset& table, const std::vector<BorderAxis>& axes,
                       const Classifier& classify);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TABULAR_BORDER_H_
