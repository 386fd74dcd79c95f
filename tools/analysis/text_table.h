// TextTable: columns of text, as wide as they need to be.
//
//   TextTable table({"layer", ">FLOP"});      // ">": to the right, as numbers stand
//   table.Add({"decoder", WithCommas(1581056)});
//   std::fputs(table.Text().c_str(), stdout);
#ifndef HAIRPIN_TOOLS_ANALYSIS_TEXT_TABLE_H_
#define HAIRPIN_TOOLS_ANALYSIS_TEXT_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace hairpin {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);

  // CHECKs at most as many cells as the header has; those missing are empty.
  void Add(std::vector<std::string> row);

  // A line for the header, one for each row, two spaces between columns and none
  // at the end.
  std::string Text() const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // the header first
};

// 1581056 as "1,581,056".
std::string WithCommas(int64_t number);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_TEXT_TABLE_H_
