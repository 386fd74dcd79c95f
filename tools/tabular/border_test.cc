#include "tools/tabular/border.h"

#include <string>
#include <utility>
#include <vector>

#include "data/table/spirals.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/check.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Twelve rows of two numbers, b with a gap in a row for training, and a category.
TableDataset Table(const std::string& name, const std::string& target,
                   std::vector<std::string> ignore = {}) {
  std::string csv = "a,b,kind,side,weight\n";
  for (int i = 0; i < 12; ++i) {
    csv += std::to_string(10 * i) + "," + (i == 3 ? "" : std::to_string(i % 4)) +
           (i % 3 == 0 ? ",new" : ",old") + (i < 6 ? ",left," : ",right,") + std::to_string(i) +
           "\n";
  }
  auto table = ReadTableDataset(WriteTestFile(name, csv),
                                {.target = target, .ignore = std::move(ignore)}, 0.25);
  HAIRPIN_CHECK(table.ok()) << table.status().ToString();
  return *std::move(table);
}

TEST(BorderAxes, AreColumnsOfNumbersByName) {
  const TableDataset table = Table("axes.csv", "side");
  const auto axes = FindBorderAxes(table, "weight,a");
  ASSERT_TRUE(axes.ok()) << axes.status();
  ASSERT_EQ(axes->size(), 2u);
  EXPECT_EQ((*axes)[0].name, "weight");
  // a; b and whether it is missing, if a row for training lacks it; two kinds.
  EXPECT_EQ((*axes)[0].feature, table.dataset.features_per_record() - 1);
  EXPECT_EQ((*axes)[1].feature, 0);
  EXPECT_GT((*axes)[1].scale, 10);
  EXPECT_THAT(*FindBorderAxes(table, ""), IsEmpty());  // more than two features
}

TEST(BorderAxes, AreAllFeaturesWhereThereAreTwo) {
  const auto spirals = SplitDataset(TwoSpirals({.points = 50}), 0.2);
  ASSERT_TRUE(spirals.ok());
  const auto axes = FindBorderAxes(*spirals, "");
  ASSERT_TRUE(axes.ok());
  ASSERT_EQ(axes->size(), 2u);
  EXPECT_EQ((*axes)[1].name, "y");
  EXPECT_EQ((*axes)[1].feature, 1);
  EXPECT_EQ(FindBorderAxes(Table("two.csv", "side", {"b", "kind"}), "")->size(), 2u);
  EXPECT_THAT(*FindBorderAxes(Table("number.csv", "weight", {"b", "kind"}), ""), IsEmpty());
}

TEST(BorderAxes, WrongNamesAreErrors) {
  const TableDataset table = Table("wrong.csv", "side");
  for (const char* names : {"a", "a,a", "a,kind", "a,b,weight", "a,c"}) {
    const auto axes = FindBorderAxes(table, names);
    EXPECT_THAT(std::string(axes.status().message()),
                HasSubstr(std::string("found '") + names +
                          "', expected two, as X,Y, of the columns of numbers: a, b, weight"));
  }
  EXPECT_THAT(std::string(FindBorderAxes(Table("wrong2.csv", "weight"), "a,b").status().message()),
              HasSubstr("expected none, as the target is a number"));
}

// Left of a = 55 one class, right of it the other: two boxes a line, which meet in the middle.
TEST(DrawBorder, HasTheClassThatIsSaidAtEachPlace) {
  const TableDataset table = Table("drawn.csv", "side");
  const auto axes = FindBorderAxes(table, "a,b");
  ASSERT_TRUE(axes.ok());
  const BorderAxis& a = (*axes)[0];
  int64_t asked = 0;
  const std::string svg = DrawBorder(table, *axes, [&](const Tensor& rows) {
    std::vector<int32_t> classes;
    for (int64_t i = 0; i < rows.shape()[0]; ++i) {
      const double x = rows.data<float>()[i * rows.shape()[1] + a.feature];
      classes.push_back(a.shift + a.scale * x < 55 ? 0 : 1);
    }
    asked = rows.shape()[0];
    return classes;
  });
  EXPECT_EQ(asked, 10000);
  EXPECT_THAT(svg, HasSubstr(R"(<rect x="50" y="50" width="250" height="5" fill="#b3d4e8")"));
  EXPECT_THAT(svg, HasSubstr(R"(<rect x="300" y="545" width="250" height="5" fill="#f2cfb3")"));
  EXPECT_THAT(svg, HasSubstr(">left</text>"));
  EXPECT_THAT(svg, HasSubstr(">-5.5</text>"));   // a twentieth left of 0
  EXPECT_THAT(svg, HasSubstr(">115.5</text>"));
  // The row a = 0, b = 0: at the left and the bottom, a twentieth of the way in.
  EXPECT_THAT(svg, HasSubstr("cx=\"72.7\" cy=\"527.3\""));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace hairpin
