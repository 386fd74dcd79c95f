#include "data/table/table_dataset.h"

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/table/csv.h"
#include "data/table/table_encoding.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

// A hundred rows: i, its square, and whether it is even.
std::string Table() {
  std::string text = "x,square,parity\n";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&text, i, ",", i * i, ",", i % 2 == 0 ? "even" : "odd", "\n");
  }
  return text;
}

TEST(TableDataset, TargetsAreInUnitsOfTheirDeviationInTraining) {
  const auto table =
      ReadTableDataset(WriteTestFile("number.csv", Table()), {.target = "square"}, 0.3);
  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_EQ(table->split.train.size() + table->split.test.size(), 100u);
  double sum = 0, squares = 0;
  for (const int64_t row : table->split.train) {
    const double target = table->dataset.targets()[row];
    EXPECT_NEAR(table->target_mean + table->target_deviation * target, row * row, 1e-3);
    sum += target;
    squares += target * target;
  }
  EXPECT_NEAR(sum, 0, 1e-4);
  EXPECT_NEAR(squares / static_cast<double>(table->split.train.size()), 1, 1e-5);
}

TEST(TableDataset, ClassesStayWhatTheyAre) {
  const auto table =
      ReadTableDataset(WriteTestFile("class.csv", Table()), {.target = "parity"}, 0.3);
  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_EQ(table->dataset.class_count(), 2);
  EXPECT_EQ(table->dataset.targets_per_record(), 0);
  EXPECT_EQ(table->target_deviation, 1);
}

TEST(TableDataset, AsksInEveryPartWhetherToStop) {
  const std::string path = WriteTestFile("asks.csv", "x,y\n1,2\n2,NA\n3,6\n4,8\n5,1\n6,3\n");
  const auto asked = [&](const char* part, const std::function<absl::Status(StopQuestion)>& work) {
    const int times = TimesAsked(work);
    EXPECT_GT(times, 1) << part;
    return times;
  };
  const auto all = ReadCsv(path);
  const std::vector<int64_t> rows = {0, 2, 3, 4, 5};
  const auto csv = all->Select(rows);
  const auto train = ReadTableDataset(path, {.target = "y"}, 0.5)->split.train;
  const auto encoding = FitTable(*csv, train, {.target = "y"});
  const int parts =
      asked("reading", [&](StopQuestion stop) {
        return ReadCsv(path, {.stop = std::move(stop)}).status();
      }) +
      asked("choosing", [&](const StopQuestion& stop) {
        return all->Select(rows, stop).status();
      }) +
      asked("fitting", [&](StopQuestion stop) {
        return FitTable(*csv, train, {.target = "y", .stop = std::move(stop)}).status();
      }) +
      asked("encoding", [&](const StopQuestion& stop) {
        return EncodeTable(*csv, *encoding, true, stop).status();
      });
  EXPECT_EQ(asked("all", [&](StopQuestion stop) {
              return ReadTableDataset(path, {.target = "y", .stop = std::move(stop)}, 0.5).status();
            }),
            parts);
}

TEST(TableDataset, RowsWithoutTargetAreLeftOut) {
  const auto table = ReadTableDataset(
      WriteTestFile("gaps.csv", "x,y\n" + std::string("1,2\n2,NA\n3,6\n4,\n5,10\n6,12\n")),
      {.target = "y", .standardize = false}, 0.5);
  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_EQ(table->rows_without_target, 2);
  ASSERT_EQ(table->dataset.size(), 4);
  float x[1];
  for (int64_t row = 0; row < 4; ++row) {
    table->dataset.ReadFeatures(row, x);
    EXPECT_NEAR(table->target_mean + table->target_deviation * table->dataset.targets()[row],
                2 * x[0], 1e-4);
  }
}

TEST(TableDataset, ErrorsNameTheLineOfTheFile) {
  EXPECT_THAT(
      Message(ReadTableDataset(WriteTestFile("line.csv", "x,y\n1,\n2,4\n3,6\nthree,6\n5,1\n"),
                               {.target = "y"}, 0.5)
                  .status()),
      HasSubstr("line.csv:5: column 1 (x)"));
}

TEST(TableDataset, BothPartsHaveRows) {
  const std::string path = WriteTestFile("share.csv", Table());
  EXPECT_THAT(Message(ReadTableDataset(path, {.target = "square"}, 0).status()),
              HasSubstr(": found 100 rows for training and 0 for evaluation, expected at least"));
  EXPECT_THAT(Message(ReadTableDataset(path, {.target = "square"}, 1).status()),
              HasSubstr(": found 0 rows for training and 100 for evaluation, expected at least"));
}

TEST(TableDataset, ErrorsAreTheReaders) {
  EXPECT_THAT(Message(ReadTableDataset(TestPath("none.csv"), {.target = "x"}, 0.3).status()),
              HasSubstr("none.csv: "));
  EXPECT_THAT(Message(ReadTableDataset(WriteTestFile("t.csv", Table()), {.target = "cube"}, 0.3)
                          .status()),
              HasSubstr("found no column \"cube\", expected one of x, square, parity"));
}

}  // namespace
}  // namespace hairpin
