// Comparison: what several programs took for the same work, as a table.
//
//   ComparisonRow row = {.name = "step", .what = "step of 32", .quantity = Quantity::kSeconds};
//   row.entries.push_back({.program = "Hairpin", .values = {0.061, 0.060, 0.066}});
//   row.entries.push_back({.program = "PyTorch", .values = {0.140, 0.131, 0.133}});
//   *Ratio(row, row.entries[1]);               // 2.18
//   std::fputs(ComparisonText({.rows = {row}}).c_str(), stdout);
//
// A value is what one process measured; there is one of each repetition.
#ifndef HAIRPIN_TOOLS_PEERS_COMPARISON_H_
#define HAIRPIN_TOOLS_PEERS_COMPARISON_H_

#include <optional>
#include <string>
#include <vector>

namespace hairpin {

enum class Quantity {
  kSeconds,         // less is better
  kBytes,           // less is better
  kBytesPerSecond,  // more is better
  kShare,           // of what can be had: 1 is all
  kTimes,           // a ratio
  kLoss,            // less is better, but no ratio says how much
};

// What one program took, in the unit of its row.
struct Entry {
  std::string program;      // "PyTorch"
  std::string detail = {};  // "compiled, with a mask"
  std::vector<double> values = {};
  // Of the process at its peak; empty where it says nothing.
  std::vector<double> resident_bytes = {};
};

// What is asked of a row: of the ratio of `program`'s entry, or of that entry's own median.
struct Target {
  std::string program;
  bool of_ratio = false;
  bool at_most = false;  // else at least
  double value = 0;
};

struct ComparisonRow {
  std::string name = {};  // as --rows takes it
  std::string what = {};
  Quantity quantity = Quantity::kSeconds;
  std::vector<Entry> entries = {};  // Hairpin's first
  std::vector<Target> targets = {};
};

struct Comparison {
  std::vector<std::string> machine = {};   // lines about the machine and the versions
  std::vector<std::string> warnings = {};  // lines about why not to trust it
  std::vector<std::string> notes = {};     // lines about what is missing
  std::vector<ComparisonRow> rows = {};
};

// How many times as much of `other` as of the row's first entry, by medians, so that more
// than 1 is better for Hairpin: time or memory of the other over Hairpin's, speed of
// Hairpin over the other's. None of shares, ratios and losses, and none of the first entry itself.
std::optional<double> Ratio(const ComparisonRow& row, const Entry& other);

// Of several entries of one program, its ways to do the same, the best by median stays.
void KeepBestOfEach(ComparisonRow* row);

// "23.4 ms", "2.1 s", "91.0 MiB", "28.1 MB/s" (10^6 bytes), "83.2 %", "0.97", "1.749".
std::string FormatValue(Quantity quantity, double value);

// "at least 1.80: met", "at most 100.0 MiB: missed": each target of the entry's, by its median.
std::string TargetText(const ComparisonRow& row, const Entry& entry);

// "a step: Hairpin 61.0 ms; PyTorch, eager 140 ms, 2.30 times".
std::string RowText(const ComparisonRow& row);

// Column by column: what, program, median, least to most, ratio, resident memory, target.
std::string ComparisonText(const Comparison& comparison);
std::string ComparisonMarkdown(const Comparison& comparison);

// The picture: each ratio as a bar with its spread, and memory in words.
std::string DrawComparison(const Comparison& comparison);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_COMPARISON_H_
