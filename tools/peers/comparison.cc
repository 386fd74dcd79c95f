#include "tools/peers/comparison.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/analysis/text_table.h"
#include "tools/peers/median.h"

namespace hairpin {
namespace {

constexpr char kLegend[] =
    "Medians over the repetitions, each a process of its own. Ratio: time or memory of the other "
    "program over Hairpin's, or Hairpin's speed over its; above 1 Hairpin is better. Memory: the "
    "whole process, resident, at its peak.";

bool LessIsBetter(Quantity quantity) {
  return quantity == Quantity::kSeconds || quantity == Quantity::kBytes ||
         quantity == Quantity::kLoss;
}

bool Better(Quantity quantity, const Entry& a, const Entry& b) {
  const double x = Median(a.values), y = Median(b.values);
  return LessIsBetter(quantity) ? x < y : x > y;
}

std::string NameOf(const Entry& entry) {
  return entry.detail.empty() ? entry.program : absl::StrCat(entry.program, ", ", entry.detail);
}

// The cells of an entry; what a row is about stands at its first entry alone.
std::vector<std::string> Cells(const ComparisonRow& row, const Entry& entry) {
  const auto [least, most] = std::minmax_element(entry.values.begin(), entry.values.end());
  const std::optional<double> ratio = Ratio(row, entry);
  return {&entry == &row.entries.front() ? row.what : "",
          NameOf(entry),
          FormatValue(row.quantity, Median(entry.values)),
          entry.values.size() < 2 ? ""
                                  : absl::StrCat(FormatValue(row.quantity, *least), " to ",
                                                 FormatValue(row.quantity, *most)),
          ratio ? absl::StrFormat("%.2f", *ratio) : "",
          entry.resident_bytes.empty()
              ? ""
              : FormatValue(Quantity::kBytes, Median(entry.resident_bytes)),
          TargetText(row, entry)};
}

constexpr const char* kHeader[] = {"", "program", ">median", ">least to most", ">ratio",
                                   ">memory", "asked for"};

std::string Lines(const std::vector<std::string>& lines, std::string_view before) {
  std::string text;
  for (const std::string& line : lines) text.append(before).append(line).append("\n");
  return text;
}

std::string MarkdownLine(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = absl::StrReplaceAll(cell, {{"|", "\\|"}});
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

}  // namespace

std::optional<double> Ratio(const ComparisonRow& row, const Entry& other) {
  if (&other == &row.entries.front() || row.quantity == Quantity::kShare ||
      row.quantity == Quantity::kTimes || row.quantity == Quantity::kLoss) {
    return std::nullopt;
  }
  const double ours = Median(row.entries.front().values), theirs = Median(other.values);
  return LessIsBetter(row.quantity) ? theirs / ours : ours / theirs;
}

void KeepBestOfEach(ComparisonRow* row) {
  std::vector<Entry> best;
  for (Entry& entry : row->entries) {
    const auto same = std::find_if(best.begin(), best.end(), [&](const Entry& other) {
      return other.program == entry.program;
    });
    if (same == best.end()) {
      best.push_back(std::move(entry));
    } else if (Better(row->quantity, entry, *same)) {
      *same = std::move(entry);
    }
  }
  row->entries = std::move(best);
}

std::string FormatValue(Quantity quantity, double value) {
  switch (quantity) {
    case Quantity::kSeconds:
      if (value >= 1) return absl::StrFormat("%.2f s", value);
      return absl::StrFormat("%.*f ms", value < 1e-3 ? 3 : value < 0.01 ? 2 : value < 0.1 ? 1 : 0,
                             1e3 * value);
    case Quantity::kBytes: return absl::StrFormat("%.1f MiB", value / (1 << 20));
    case Quantity::kBytesPerSecond: return absl::StrFormat("%.1f MB/s", value / 1e6);
    case Quantity::kShare: return absl::StrFormat("%.1f %%", 100 * value);
    case Quantity::kLoss: return absl::StrFormat("%.*f", value >= 10 ? 1 : 3, value);
    case Quantity::kTimes: break;
  }
  return absl::StrFormat("%.2f", value);
}

std::string TargetText(const ComparisonRow& row, const Entry& entry) {
  std::vector<std::string> texts;
  for (const Target& target : row.targets) {
    if (target.program != entry.program) continue;
    const std::optional<double> ratio = Ratio(row, entry);
    if (target.of_ratio && !ratio) continue;
    const double value = target.of_ratio ? *ratio : Median(entry.values);
    const bool met = target.at_most ? value <= target.value : value >= target.value;
    texts.push_back(absl::StrCat(
        target.at_most ? "at most " : "at least ",
        FormatValue(target.of_ratio ? Quantity::kTimes : row.quantity, target.value),
        met ? ": met" : ": missed"));
  }
  return absl::StrJoin(texts, "; ");
}

std::string RowText(const ComparisonRow& row) {
  std::vector<std::string> entries;
  for (const Entry& entry : row.entries) {
    const std::optional<double> ratio = Ratio(row, entry);
    entries.push_back(absl::StrCat(NameOf(entry), " ",
                                   FormatValue(row.quantity, Median(entry.values)),
                                   ratio ? absl::StrFormat(", %.2f times", *ratio) : ""));
  }
  return absl::StrCat(row.what, ": ", absl::StrJoin(entries, "; "));
}

std::string ComparisonText(const Comparison& comparison) {
  TextTable table({std::begin(kHeader), std::end(kHeader)});
  for (const ComparisonRow& row : comparison.rows) {
    for (const Entry& entry : row.entries) table.Add(Cells(row, entry));
  }
  return absl::StrCat(Lines(comparison.machine, ""), Lines(comparison.warnings, "WARNING: "),
                      Lines(comparison.notes, ""), "\n",
                      table.Text(), "\n", kLegend, "\n");
}

std::string ComparisonMarkdown(const Comparison& comparison) {
  std::vector<std::string> header, rules;
  for (const std::string_view name : kHeader) {
    const bool right = name.starts_with('>');
    header.emplace_back(name.substr(right ? 1 : 0));
    rules.emplace_back(right ? "---:" : "---");
  }
  std::string text = absl::StrCat(
      Lines(comparison.machine, "- "), Lines(comparison.warnings, "- **Warning:** "),
      Lines(comparison.notes, "- "), "\n", MarkdownLine(header), MarkdownLine(rules));
  for (const ComparisonRow& row : comparison.rows) {
    for (const Entry& entry : row.entries) text += MarkdownLine(Cells(row, entry));
  }
  return absl::StrCat(text, "\n", kLegend, "\n");
}

}  // namespace hairpin
