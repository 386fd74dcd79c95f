#include "tools/analysis/text_table.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(TextTable, ColumnsAreAsWideAsTheirWidestCell) {
  TextTable table({"layer", ">bytes", "shape"});
  table.Add({"a long name", "7", "[2]"});
  table.Add({"b", "1,234,567"});
  EXPECT_EQ(table.Text(),
            "layer            bytes  shape\n"
            "a long name          7  [2]\n"
            "b            1,234,567\n");
}

TEST(TextTableDeathTest, MoreCellsThanColumns) {
  TextTable table({"one"});
  EXPECT_DEATH(table.Add({"1", "2"}), "a row of 2 cells, expected at most 1");
}

TEST(WithCommas, EveryThreeDigits) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(-123456), "-123,456");
  EXPECT_EQ(WithCommas(4498880), "4,498,880");
}

}  // namespace
}  // namespace hairpin
