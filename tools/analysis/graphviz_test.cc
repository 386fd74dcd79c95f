#include "tools/analysis/graphviz.h"

#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using ::testing::HasSubstr;

// What is wrong with a document of XML: a tag that is not closed, a bare < or &. "" if nothing.
std::string XmlError(const std::string& text) {
  static const std::regex tag(R"(<(/?)([A-Za-z]+)((\s+[\w:-]+="[^"<>]*")*)\s*(/?)>|<\?xml[^>]*\?>|)"
                              R"(<!DOCTYPE[^>]*>|<!--[^<]*?-->)");
  static const std::regex bare(R"([<>]|&(?!(amp|lt|gt|quot|#\d+);))");
  std::vector<std::string> open;
  size_t end = 0;
  for (std::sregex_iterator i(text.begin(), text.end(), tag), none; i != none; ++i) {
    const std::string between = text.substr(end, i->position() - end) + i->str(3);
    if (std::regex_search(between, bare)) return "bare: " + between;
    end = i->position() + i->length();
    if (!(*i)[2].matched || i->str(5) == "/") continue;
    if (i->str(1).empty()) {
      open.push_back(i->str(2));
    } else {
      if (open.empty() || open.back() != i->str(2)) return "closed: " + i->str(2);
      open.pop_back();
    }
  }
  if (std::regex_search(text.substr(end), bare)) return "bare: " + text.substr(end);
  return open.empty() ? "" : "open: " + open.back();
}

TEST(XmlError, IsSeen) {
  EXPECT_EQ(XmlError("<a b=\"1 &amp; 2\"><c/>x &lt; y</a>"), "");
  EXPECT_EQ(XmlError("<a><b></a></b>"), "closed: a");
  EXPECT_EQ(XmlError("<a><b></b>"), "open: a");
  EXPECT_EQ(XmlError("<a>x & y</a>"), "bare: x & y");
  EXPECT_EQ(XmlError("<a>x < y</a>"), "bare: x < y");
  EXPECT_EQ(XmlError("<a>&nbsp;</a>"), "bare: &nbsp;");
}

TEST(Graphviz, DrawsWellFormedSvg) {
  const absl::StatusOr<std::string> svg = SvgOfDot(
      "digraph { subgraph cluster0 { label=<a&lt;b&gt; &amp; &quot;c&quot;>; a; }\n"
      "b [label=<<TABLE><TR><TD STYLE=\"dashed\" PORT=\"p\">x  y</TD></TR></TABLE>>];\n"
      "a -> b:p:s [label=\"1 -- 2 > 1\"]; }");
  ASSERT_TRUE(svg.ok()) << svg.status().ToString();
  EXPECT_EQ(XmlError(*svg), "");
  EXPECT_THAT(*svg, HasSubstr("<svg "));
  EXPECT_THAT(*svg, HasSubstr("a&lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(*svg, HasSubstr("stroke-dasharray"));
}

// Ten characters of 0.6 x 10 points between margins of 4 points.
TEST(Graphviz, WidthsAreEstimatedAndNotTheMachinesFonts) {
  const absl::StatusOr<std::string> svg = SvgOfDot(
      "digraph { a [shape=plain fontname=Courier fontsize=10 label=iiiiiiiiii] }");
  ASSERT_TRUE(svg.ok()) << svg.status().ToString();
  EXPECT_THAT(*svg, HasSubstr("width=\"68pt\""));
}

TEST(Graphviz, RefusesWhatWouldTakeMinutes) {
  std::string dot = "digraph {";
  for (int i = 0; i < kMostSvgNodes; ++i) dot += " n" + std::to_string(i) + ";";
  EXPECT_TRUE(SvgOfDot(dot + "}").ok());
  const absl::Status status = SvgOfDot(dot + " more; }").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(status.message()), "found a graph of 451 nodes, expected at most 450");
}

TEST(Graphviz, SaysWhatIsNoGraph) {
  const absl::Status status = SvgOfDot("digraph { a -> }").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("syntax error in line 1"));
  EXPECT_FALSE(SvgOfDot("").ok());
  EXPECT_TRUE(SvgOfDot("digraph { a }").ok());  // a good one after it
}

}  // namespace
}  // namespace hairpin
