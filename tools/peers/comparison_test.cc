#include "tools/peers/comparison.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/peers/median.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kMiB = 1 << 20;

// Times, with two ways of PyTorch: the second is faster by its median, not by its least.
ComparisonRow Times() {
  return {.name = "step",
          .what = "a step",
          .quantity = Quantity::kSeconds,
          .entries = {{.program = "Hairpin",
                       .values = {0.040, 0.020, 0.030},
                       .resident_bytes = {90 * kMiB, 91 * kMiB, 92 * kMiB}},
                      {.program = "PyTorch", .detail = "eager", .values = {0.010, 0.080, 0.075}},
                      {.program = "PyTorch", .detail = "masked", .values = {0.060, 0.061, 0.059}},
                      {.program = "NumPy", .values = {0.3, 0.3, 0.3}}}};
}

TEST(Median, IsInTheMiddleOfSortedValues) {
  EXPECT_EQ(Median({3}), 3);
  EXPECT_EQ(Median({9, 1, 4}), 4);
  EXPECT_EQ(Median({8, 1, 4, 2}), 3);
}

TEST(Ratio, IsAboveOneWhereHairpinIsBetter) {
  ComparisonRow row = {.entries = {{.program = "Hairpin", .values = {2, 3, 100}},
                                   {.program = "PyTorch", .values = {6, 6, 6}}}};
  for (const Quantity less : {Quantity::kSeconds, Quantity::kBytes}) {
    row.quantity = less;
    EXPECT_EQ(Ratio(row, row.entries[1]), 2);
  }
  row.quantity = Quantity::kBytesPerSecond;
  EXPECT_EQ(Ratio(row, row.entries[1]), 0.5);
  EXPECT_EQ(Ratio(row, row.entries[0]), std::nullopt);
  for (const Quantity none : {Quantity::kShare, Quantity::kTimes, Quantity::kLoss}) {
    row.quantity = none;
    EXPECT_EQ(Ratio(row, row.entries[1]), std::nullopt);
  }
}

TEST(KeepBestOfEach, GoesByMedians) {
  ComparisonRow row = Times();
  KeepBestOfEach(&row);
  ASSERT_EQ(row.entries.size(), 3u);
  EXPECT_EQ(row.entries[1].detail, "masked");
  EXPECT_EQ(row.entries[1].values.size(), 3u);
  EXPECT_EQ(row.entries[2].program, "NumPy");

  row = Times();
  row.quantity = Quantity::kBytesPerSecond;
  KeepBestOfEach(&row);
  EXPECT_EQ(row.entries[1].detail, "eager");

  row = Times();
  row.quantity = Quantity::kLoss;
  KeepBestOfEach(&row);
  EXPECT_EQ(row.entries[1].detail, "masked");
}

TEST(FormatValue, HasThreeDigitsOrSo) {
  EXPECT_EQ(FormatValue(Quantity::kSeconds, 0.000154), "0.154 ms");
  EXPECT_EQ(FormatValue(Quantity::kSeconds, 0.00154), "1.54 ms");
  EXPECT_EQ(FormatValue(Quantity::kSeconds, 0.0234), "23.4 ms");
  EXPECT_EQ(FormatValue(Quantity::kSeconds, 0.234), "234 ms");
  EXPECT_EQ(FormatValue(Quantity::kSeconds, 2.345), "2.35 s");
  EXPECT_EQ(FormatValue(Quantity::kBytes, 91 * kMiB), "91.0 MiB");
  EXPECT_EQ(FormatValue(Quantity::kBytesPerSecond, 28.1e6), "28.1 MB/s");
  EXPECT_EQ(FormatValue(Quantity::kShare, 0.832), "83.2 %");
  EXPECT_EQ(FormatValue(Quantity::kTimes, 0.966), "0.97");
  EXPECT_EQ(FormatValue(Quantity::kLoss, 1.7491), "1.749");
  EXPECT_EQ(FormatValue(Quantity::kLoss, 115.349), "115.3");
}

TEST(ComparisonText, IsATable) {
  ComparisonRow row = Times();
  KeepBestOfEach(&row);
  const std::string text = ComparisonText(
      {.machine = {"a machine"}, .notes = {"tokenizers: not installed"}, .rows = {row}});
  EXPECT_THAT(text, HasSubstr("a machine\ntokenizers: not installed\n\n"));
  EXPECT_THAT(text, HasSubstr("\na step  Hairpin          30.0 ms  20.0 ms to 40.0 ms         "
                              "91.0 MiB\n"));
  EXPECT_THAT(text, HasSubstr("\n        PyTorch, masked  60.0 ms  59.0 ms to 61.0 ms   2.00\n"));
  EXPECT_THAT(text, HasSubstr("\n        NumPy             300 ms    300 ms to 300 ms  10.00\n"));
}

TEST(ComparisonText, OneRepetitionHasNoSpread) {
  const ComparisonRow row = {
      .what = "memory", .quantity = Quantity::kBytes, .entries = {{"Hairpin", "", {kMiB}}}};
  EXPECT_THAT(ComparisonText({.rows = {row}}), Not(HasSubstr("MiB to")));
}

TEST(ComparisonMarkdown, IsTheSameTable) {
  ComparisonRow row = Times();
  row.what = "a | b";
  KeepBestOfEach(&row);
  const std::string text = ComparisonMarkdown({.machine = {"a machine"}, .rows = {row}});
  EXPECT_THAT(text, HasSubstr("- a machine\n\n|  | program | median | least to most | ratio | "
                              "memory | asked for |\n"
                              "| --- | --- | ---: | ---: | ---: | ---: | --- |\n"));
  EXPECT_THAT(text, HasSubstr("| a \\| b | Hairpin | 30.0 ms | 20.0 ms to 40.0 ms |  | 91.0 MiB | "
                              " |\n|  | PyTorch, masked | 60.0 ms |"));
}

// By the median alone, and exactly at what is asked it is met.
TEST(TargetText, SaysWhatIsMetAndMissed) {
  ComparisonRow row = Times();
  row.targets = {{"PyTorch", true, false, 2}, {"Hairpin", false, true, 0.029}};
  EXPECT_EQ(TargetText(row, row.entries[2]), "at least 2.00: met");
  EXPECT_EQ(TargetText(row, row.entries[0]), "at most 29.0 ms: missed");
  EXPECT_EQ(TargetText(row, row.entries[3]), "");
  row.targets[0].value = 2.01;
  row.targets[1].value = 0.03;
  EXPECT_EQ(TargetText(row, row.entries[2]), "at least 2.01: missed");
  EXPECT_EQ(TargetText(row, row.entries[0]), "at most 30.0 ms: met");
  KeepBestOfEach(&row);
  EXPECT_THAT(ComparisonText({.rows = {row}}),
              HasSubstr("2.00            at least 2.01: missed\n"));
  EXPECT_THAT(ComparisonMarkdown({.rows = {row}}), HasSubstr("|  | at least 2.01: missed |\n"));
}

TEST(RowText, IsOneLine) {
  ComparisonRow row = Times();
  KeepBestOfEach(&row);
  EXPECT_EQ(RowText(row),
            "a step: Hairpin 30.0 ms; PyTorch, masked 60.0 ms, 2.00 times; NumPy 300 ms, 10.00 "
            "times");
}

TEST(Warnings, StandInAllForms) {
  const Comparison comparison = {.machine = {"a machine"}, .warnings = {"busy"}};
  EXPECT_THAT(ComparisonText(comparison), HasSubstr("a machine\nWARNING: busy\n"));
  EXPECT_THAT(ComparisonMarkdown(comparison), HasSubstr("- a machine\n- **Warning:** busy\n"));
  EXPECT_THAT(DrawComparison(comparison), HasSubstr("Warning: busy</text>"));
}

TEST(DrawComparison, HasABarForEachRatio) {
  ComparisonRow row = Times();
  KeepBestOfEach(&row);
  const ComparisonRow share = {
      .what = "share", .quantity = Quantity::kShare, .entries = {{"Hairpin", "", {0.5}}}};
  const std::string picture =
      DrawComparison({.machine = {"cores < 3"}, .rows = {row, share}});
  EXPECT_THAT(picture, HasSubstr(">2.00  PyTorch, masked: 60.0 ms</text>"));
  EXPECT_THAT(picture, HasSubstr(">Hairpin: 30.0 ms, 91.0 MiB</text>"));
  EXPECT_THAT(picture, HasSubstr("cores &lt; 3"));
  EXPECT_THAT(picture, Not(HasSubstr("share")));
}

}  // namespace
}  // namespace hairpin
