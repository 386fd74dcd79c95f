// DrawComparison: ratios as bars beside Hairpin's, which is 1.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/svg.h"
#include "tools/peers/comparison.h"
#include "tools/peers/median.h"

namespace hairpin {
namespace {

constexpr double kLeft = 350, kWidth = 440, kTop = 56, kBar = 18, kGap = 14;
constexpr double kMost = 6;  // longer bars are cut, or nothing would be seen of the others

const char* Colour(const std::string& program) {
  if (program == "Hairpin") return "#4c78a8";
  return program == "PyTorch" ? "#e07b39" : program == "NumPy" ? "#8a6fb0" : "#6a9f58";
}

// "PyTorch, eager: 41.2 ms, 445.0 MiB".
std::string Label(const ComparisonRow& row, const Entry& entry) {
  std::string label = entry.program;
  if (!entry.detail.empty()) absl::StrAppend(&label, ", ", entry.detail);
  absl::StrAppend(&label, ": ", FormatValue(row.quantity, Median(entry.values)));
  if (!entry.resident_bytes.empty()) {
    absl::StrAppend(&label, ", ", FormatValue(Quantity::kBytes, Median(entry.resident_bytes)));
  }
  return label;
}

// Rows that have something to compare with.
std::vector<const ComparisonRow*> Compared(const Comparison& comparison) {
  std::vector<const ComparisonRow*> rows;
  for (const ComparisonRow& row : comparison.rows) {
    if (row.entries.size() > 1 && Ratio(row, row.entries[1])) rows.push_back(&row);
  }
  return rows;
}

}  // namespace

std::string DrawComparison(const Comparison& comparison) {
  const std::vector<const ComparisonRow*> rows = Compared(comparison);
  double most = 1, height = kTop;
  for (const ComparisonRow* row : rows) {
    for (const Entry& entry : row->entries) most = std::max(most, Ratio(*row, entry).value_or(1));
    height += kBar * static_cast<double>(row->entries.size()) + kGap;
  }
  most = std::min(most, kMost);
  constexpr double kLine = 16;
  const double text_lines =
      static_cast<double>(comparison.machine.size() + comparison.warnings.size() + 1);
  Svg svg(kLeft + kWidth + 330, height + kLine * text_lines + 16);
  svg.Text({16, 26}, "How many times Hairpin's time others take: median, least to most",
           {.size = 16, .bold = true});
  const auto x = [&](double ratio) { return kLeft + kWidth * std::min(ratio, most) / most; };
  double y = kTop;
  for (const ComparisonRow* row : rows) {
    svg.Text({kLeft - 12, y + 13}, row->what, {.anchor = Svg::Anchor::kEnd});
    const double ours = Median(row->entries.front().values);
    for (const Entry& entry : row->entries) {
      const double ratio = Ratio(*row, entry).value_or(1);
      const std::string label = Label(*row, entry);
      svg.Rectangle({kLeft, y, x(ratio) - kLeft, kBar - 3}, Colour(entry.program), label);
      if (ratio > most) svg.Rectangle({x(most) - 14, y, 4, kBar - 3}, "#fff");
      const auto [least, longest] = std::minmax_element(entry.values.begin(), entry.values.end());
      const bool speed = row->quantity == Quantity::kBytesPerSecond;
      svg.Line({x(speed ? ours / *longest : *least / ours), y + (kBar - 3) / 2},
               {x(speed ? ours / *least : *longest / ours), y + (kBar - 3) / 2}, "#222", 1.5);
      svg.Text({std::max(x(ratio), x(speed ? ours / *least : *longest / ours)) + 6, y + 12},
               &entry == &row->entries.front()
                   ? label
                   : absl::StrCat(absl::StrFormat("%.2f  ", ratio), label),
               {.size = 11});
      y += kBar;
    }
    y += kGap;
  }
  svg.Line({x(1), kTop - 10}, {x(1), height - kGap}, "#999", 1, /*dashed=*/true);
  for (const std::string& line : comparison.machine) {
    svg.Text({16, y + kLine}, line, {.size = 11, .colour = "#555"});
    y += kLine;
  }
  for (const std::string& line : comparison.warnings) {
    svg.Text({16, y + kLine}, absl::StrCat("Warning: ", line), {.size = 11, .colour = "#c00"});
    y += kLine;
  }
  return svg.Finish();
}

}  // namespace hairpin
