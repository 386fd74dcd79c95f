#include "tools/analysis/dot_writer.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(DotWriter, PathsAreComparedByParts) {
  EXPECT_TRUE(IsInside("encoder.1", ""));
  EXPECT_TRUE(IsInside("", ""));
  EXPECT_TRUE(IsInside("encoder.1", "encoder.1"));
  EXPECT_TRUE(IsInside("encoder.1.norm", "encoder.1"));
  EXPECT_FALSE(IsInside("encoder.10", "encoder.1"));
  EXPECT_FALSE(IsInside("encoder", "encoder.1"));
  EXPECT_FALSE(IsInside("", "encoder"));
}

TEST(DotWriter, NodesStandInTheBoxesOfTheirModules) {
  DotWriter writer;
  writer.AddNode("", "n0", "");
  writer.AddNode("a.b", "n1", "label=one");
  writer.AddNode("a", "n2", "");
  writer.AddSource("a.b", "i0", "");
  writer.AddOutside("o", "");
  writer.AddEdge("n0", "n1", "minlen=2");
  writer.AddEdge("n1", "n2", "");
  EXPECT_THAT(writer.Text("<B>t</B>"), EndsWith("label=<<B>t</B>>;\n"
                                                "o;\n"
                                                "n0;\n"
                                                "subgraph cluster0 {\n"
                                                "label=<a>; fillcolor=\"#f6f7f9\";\n"
                                                "n2;\n"
                                                "subgraph cluster1 {\n"
                                                "label=<b>; fillcolor=\"#eceff3\";\n"
                                                "n1 [label=one];\n"
                                                "i0;\n"
                                                "}\n"
                                                "}\n"
                                                "n0 -> n1 [minlen=2];\n"
                                                "n1 -> n2;\n"
                                                "}\n"));
}

TEST(DotWriter, RegionsHaveAFrame) {
  for (const std::string layer : {"", "a"}) {
    DotWriter writer(layer);
    writer.MarkRegion("a.b");
    writer.AddNode("a.b.c", "n0", "");
    writer.AddNode("a.bc", "n1", "");
    const std::string text = writer.Text("");
    EXPECT_THAT(text, HasSubstr("label=<b>; fillcolor=\"#eceff3\"; color=\"#7a5195\"; "
                                "penwidth=2;\n"));
    EXPECT_EQ(text.find("penwidth=2"), text.rfind("penwidth=2"));
    // Not what stands in it, which would take it over.
    EXPECT_THAT(text, HasSubstr("label=<c>; fillcolor=\"#f6f7f9\"; color=\"#b8c0cc\"; "
                                "penwidth=1;\n"));
    EXPECT_EQ(text.find("penwidth=1"), text.rfind("penwidth=1"));
  }
}

// The numbers of the boxes' first nodes tell which box is which.
TEST(DotWriter, AModuleThatComesAgainGetsASecondBox) {
  DotWriter writer;
  writer.AddNode("dropout", "n0", "");
  writer.AddNode("dropout", "n1", "");
  writer.AddNode("norm", "n2", "");
  writer.AddNode("dropout", "n3", "");
  writer.AddNode("", "n4", "");
  writer.AddNode("dropout", "n5", "");
  writer.AddSource("norm", "i0", "");
  const std::string text = writer.Text("");
  EXPECT_THAT(text, HasSubstr("fillcolor=\"#f6f7f9\";\nn0;\nn1;\n}\n"));
  EXPECT_THAT(text, HasSubstr("fillcolor=\"#f6f7f9\";\nn2;\ni0;\n}\n"));
  EXPECT_THAT(text, HasSubstr("fillcolor=\"#f6f7f9\";\nn3;\n}\n"));
  EXPECT_THAT(text, HasSubstr("fillcolor=\"#f6f7f9\";\nn5;\n}\n"));
}

TEST(DotWriter, ALayersBoxIsTheOutermost) {
  DotWriter writer("a.b");
  writer.AddNode("a.b", "n0", "");
  writer.AddNode("a.b.c", "n1", "");
  writer.AddSource("a.x", "i0", "");
  EXPECT_THAT(writer.Text(""), EndsWith("label=<>;\n"
                                        "i0;\n"
                                        "subgraph cluster0 {\n"
                                        "label=<a.b>; fillcolor=\"#f6f7f9\";\n"
                                        "n0;\n"
                                        "subgraph cluster1 {\n"
                                        "label=<c>; fillcolor=\"#eceff3\";\n"
                                        "n1;\n"
                                        "}\n"
                                        "}\n"
                                        "}\n"));
}

}  // namespace
}  // namespace hairpin
