// Any bytes as a table of text, parted by commas, semicolons or tabs.
#include <cstdint>
#include <string>

#include "data/table/csv.h"
#include "tensor/check.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t bytes) {
  using namespace hairpin;
  if (bytes == 0) return 0;
  const auto table = ParseCsv(FuzzText(data + 1, bytes - 1), "table", {",;\t"[data[0] % 3]});
  if (!table.ok()) return 0;
  HAIRPIN_CHECK(table->columns() > 0) << "a table without columns";
  size_t text = 0;
  for (int64_t row = 0; row < table->rows(); ++row) {
    for (int column = 0; column < table->columns(); ++column) {
      text += table->Cell(row, column).size() + table->Place(row, column).empty();
    }
  }
  HAIRPIN_CHECK(text <= bytes) << "more text than there was";
  for (const std::string& name : table->column_names()) {
    HAIRPIN_CHECK(table->Find(name) >= 0) << name;
  }
  return 0;
}
