#include "tools/analysis/svg.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Svg, TextIsEscapedWhereverItStands) {
  Svg svg(10, 10);
  svg.Text({0, 0}, "<script>");
  svg.Rectangle({0, 0, 1, 1}, "#000", "</title>");
  EXPECT_THAT(svg.Finish(), Not(HasSubstr("<script>")));
  EXPECT_THAT(svg.Finish(), HasSubstr("<title>&lt;/title&gt;</title>"));
}

TEST(Svg, IsOneElementOnWhite) {
  Svg svg(320, 100.5);
  EXPECT_EQ(svg.Finish(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"100.5\" "
            "viewBox=\"0 0 320 100.5\" font-family=\"DejaVu Sans, Verdana, sans-serif\">\n"
            "<rect x=\"0\" y=\"0\" width=\"320\" height=\"100.5\" fill=\"#fff\"/>\n</svg>\n");
}

TEST(Svg, Shapes) {
  Svg svg(1, 1);
  svg.Line({0, 1}, {2.25, -0.01}, "red", 2, /*dashed=*/true);
  EXPECT_THAT(svg.Finish(), HasSubstr("<line x1=\"0\" y1=\"1\" x2=\"2.2\" y2=\"0\" stroke=\"red\" "
                                      "stroke-width=\"2\" stroke-dasharray=\"4 3\"/>"));
  svg.Polygon({{0, 0}, {1, 0}, {1, 1}}, "blue");
  EXPECT_THAT(svg.Finish(), HasSubstr("<polygon points=\"0,0 1,0 1,1\" fill=\"blue\"/>"));
  svg.Text({5, 6}, "x", {.size = 9, .anchor = Svg::Anchor::kEnd, .bold = true, .turned = -90});
  EXPECT_THAT(svg.Finish(),
              HasSubstr("<text x=\"5\" y=\"6\" font-size=\"9\" fill=\"#222\" text-anchor=\"end\" "
                        "font-weight=\"bold\" transform=\"rotate(-90 5 6)\">x</text>"));
}

TEST(Svg, ACircleIsSeenThrough) {
  Svg svg(1, 1);
  svg.Circle({3, 4.5}, 2, "red", "a & b");
  EXPECT_THAT(svg.Finish(),
              HasSubstr("<circle cx=\"3\" cy=\"4.5\" r=\"2\" fill=\"red\" fill-opacity=\"0.7\" "
                        "stroke=\"#555\"><title>a &amp; b</title></circle>"));
}

TEST(Svg, TwoPointsAreNoPolygon) {
  Svg svg(1, 1);
  svg.Polygon({{0, 0}, {1, 0}}, "blue");
  EXPECT_THAT(svg.Finish(), Not(HasSubstr("polygon")));
}

}  // namespace
}  // namespace hairpin
