#include "data/table/table_encoding.h"

#include <cmath>

#include "data/split.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

CsvTable Parse(std::string_view text) {
  absl::StatusOr<CsvTable> table = ParseCsv(text, "t.csv");
  EXPECT_TRUE(table.ok()) << table.status();
  return *std::move(table);
}

std::vector<float> Features(const Dataset& dataset, int64_t record) {
  std::vector<float> features(static_cast<size_t>(dataset.features_per_record()));
  dataset.ReadFeatures(record, features);
  return features;
}

constexpr char kTable[] =
    "size,colour,kind,price\n"
    "1,red,b,10\n"
    "3,,a,20\n"
    ",blue,a,30\n"
    "5,blue,b,40\n"
    "100,green,c,50\n";

TEST(TableEncodingTest, NumbersCategoriesAndGaps) {
  const CsvTable table = Parse(kTable);
  // The last row is for testing: it gives a category and no part of mean and deviation.
  const auto encoding = FitTable(table, RecordRange(0, 4), {.target = "kind", .ignore = {"price"}});
  ASSERT_TRUE(encoding.ok()) << encoding.status();
  EXPECT_THAT(FeatureNames(*encoding),
              ElementsAre("size", "size missing", "colour=blue", "colour=green", "colour=red",
                          "colour missing"));
  const auto dataset = EncodeTable(table, *encoding);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_THAT(dataset->classes(), ElementsAre(1, 0, 0, 1, 2));
  EXPECT_THAT(dataset->class_names(), ElementsAre("a", "b", "c"));
  const float s = std::sqrt(8.0f / 3);  // 1, 3, 5: mean 3
  EXPECT_THAT(Features(*dataset, 0), ElementsAre(FloatNear(-2 / s, 1e-6), 0, 0, 0, 1, 0));
  EXPECT_THAT(Features(*dataset, 1), ElementsAre(0, 0, 1, 0, 0, 1));
  EXPECT_THAT(Features(*dataset, 2), ElementsAre(0, 1, 1, 0, 0, 0));
  EXPECT_THAT(Features(*dataset, 4), ElementsAre(FloatNear(97 / s, 1e-4), 0, 0, 1, 0, 0));
}

TEST(TableEncodingTest, AsksAtEachRowWhetherToStop) {
  const CsvTable table = Parse(kTable);
  const auto rows = RecordRange(0, 4);
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return FitTable(table, rows, {.target = "kind", .stop = std::move(stop)}).status();
            }),
            4 * (5 + 4) + 2 * 5);  // all columns, of training's rows; categories once more
  const auto encoding = FitTable(table, rows, {.target = "kind"});
  EXPECT_EQ(TimesAsked([&](const StopQuestion& stop) {
              return EncodeTable(table, *encoding, /*with_target=*/true, stop).status();
            }),
            5);
}

TEST(TableEncodingTest, IndicesRawNumbersAndANumberAsTarget) {
  const CsvTable table = Parse(kTable);
  const auto encoding =
      FitTable(table, RecordRange(0, 5),
               {.target = "price", .ignore = {"colour"}, .standardize = false, .one_hot = false});
  ASSERT_TRUE(encoding.ok()) << encoding.status();
  const auto dataset = EncodeTable(table, *encoding);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_FALSE(dataset->has_classes());
  EXPECT_THAT(dataset->targets(), ElementsAre(10, 20, 30, 40, 50));
  EXPECT_THAT(Features(*dataset, 0), ElementsAre(1, 0, 1));
  EXPECT_THAT(Features(*dataset, 2), ElementsAre(27.25f, 1, 0));

  const auto classes = FitTable(table, RecordRange(0, 5),
                                {.target = "price", .categories = {"price", "size"}});
  ASSERT_TRUE(classes.ok()) << classes.status();
  EXPECT_EQ(classes->classes_size(), 5);
  EXPECT_EQ(classes->features(0).values_size(), 4);
}

TEST(TableEncodingTest, RowsThatComeLater) {
  const auto encoding = FitTable(Parse(kTable), RecordRange(0, 5),
                                 {.target = "kind", .ignore = {"price"}});
  const auto later = EncodeTable(Parse("more,colour,size\n,red,5\n"), *encoding, false);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_FALSE(later->has_classes());
  EXPECT_EQ(Features(*later, 0), Features(*EncodeTable(Parse("size,colour,kind\n5,red,a\n"),
                                                       *encoding), 0));
  const auto fails = [&](std::string_view text, const std::string& message) {
    EXPECT_THAT(Message(EncodeTable(Parse(text), *encoding).status()), HasSubstr(message));
  };
  fails("size,colour\n1,red\n", "t.csv: found no column \"kind\", expected one of size, colour");
  fails("size,colour,kind\n1,red,a\n1,pink,a\n",
        "t.csv:3: column 2 (colour): found \"pink\", expected one of blue, green, red");
  fails("size,colour,kind\nbig,red,a\n", "t.csv:2: column 1 (size): found \"big\", expected a num");
  fails("size,colour,kind\n1,red,\n", "column 3 (kind): found no value, expected one of a, b, c");
  fails("size,colour,kind\n1,red,x\n", "column 3 (kind): found \"x\", expected one of a, b, c");
}

TEST(TableEncodingTest, SaysWhatIsWrong) {
  const auto fails = [](std::string_view text, const TableOptions& options,
                        const std::string& message) {
    const auto encoding = FitTable(Parse(text), RecordRange(0, 1), options);
    EXPECT_EQ(encoding.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(encoding.status()), HasSubstr(message));
  };
  fails("a,b\n1,2\n", {.target = "c"}, "found no column \"c\", expected one of a, b");
  fails("a,b\n1,2\n", {.target = "b", .ignore = {"d"}}, "found no column \"d\"");
  fails("a,b\n1,2\n", {.target = "b", .categories = {"e"}}, "found no column \"e\"");
  fails("a,b\n1,2\n", {.target = "b", .ignore = {"a"}}, "found no column but the target");
  fails("a,b\n1,x\n2,x\n", {.target = "b"}, "t.csv:2: column 2 (b): found \"x\" in every line");
  fails("a,b\n1,x\n2,y\nl,x\n", {.target = "b"},
        "t.csv:4: column 1 (a): found \"l\", expected a number as in 2 other lines");
  fails("a,b\nNA,x\n,y\n", {.target = "b"}, "column 1 (a): found no value in any line");
  fails("a,b\nu,x\nv,y\nw,x\n", {.target = "b", .max_values = 2},
        "column 1 (a): found 3 different values, expected 2 at most");
  fails("a,b\n1e999,x\n2,y\n", {.target = "b"}, "found \"1e999\", expected a number");
  fails("a,b\n-inf,x\n2,y\n", {.target = "b"}, "found \"-inf\", expected a number");
}

TEST(TableEncodingTest, Penguins) {
  const auto table = ReadCsv("data/table/penguins.csv");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->rows(), 344);
  const auto encoding = FitTable(*table, RecordRange(0, 344), {.target = "species"});
  ASSERT_TRUE(encoding.ok()) << encoding.status();
  EXPECT_THAT(encoding->classes(), ElementsAre("Adelie", "Chinstrap", "Gentoo"));
  EXPECT_EQ(FeatureNames(*encoding).size(), 15u);
  const auto dataset = EncodeTable(*table, *encoding);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < 344; ++i) {
    const float mass = Features(*dataset, i)[9];
    sum += mass;
    squares += mass * mass;
  }
  EXPECT_EQ(FeatureNames(*encoding)[9], "body_mass_g");
  EXPECT_NEAR(sum, 0, 1e-3);
  EXPECT_NEAR(squares, 342, 1e-2);  // two are missing
}

}  // namespace
}  // namespace hairpin
