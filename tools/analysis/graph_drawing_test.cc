#include "tools/analysis/graph_drawing.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/gelu.h"
#include "ops/mul.h"
#include "ops/reshape.h"
#include "ops/sum.h"
#include "tools/analysis/graphviz.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/mlm_settings.h"

namespace hairpin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// y = gelu(x w) in "layer.0", its sum over a view of it in "layer.1".
std::string Draw(const SavedPolicy& policy, const std::string& layer = "") {
  Parameter weight("layer.0.w<1>", Tensor::Zeros({DType::kFloat32, {2, 32}}, Purpose::kParameter));
  Recording recording({.policy = &policy});
  Variable x = recording.Constant(Tensor::Zeros({DType::kFloat32, {2, 32}}));
  Variable y;
  {
    const Scope scope(recording, "layer.0");
    y = Gelu(Mul(std::move(x), recording.Use(weight)));
  }
  const Scope scope(recording, "layer.1");
  const Variable loss = Sum(Mul(Reshape(y, {64}), Reshape(y, {64})));
  const absl::StatusOr<std::string> dot =
      DotText(recording, {.title = "<title>", .layer = layer});
  return dot.ok() ? *dot : dot.status().ToString();
}

std::string SmallText(const std::string& text) {
  return "<FONT POINT-SIZE=\"10\" COLOR=\"#555555\">" + text + "</FONT>";
}

std::string Row(const std::string& rest) { return "<TD PORT=\"v0\"" + rest + "</TD>"; }

TEST(GraphDrawing, MarksWhatIsSaved) {
  const std::string dot = Draw(KeepAll());
  const std::string saved = Row(" BGCOLOR=\"#bcd9f5\">[2, 32]  saved 256 B");
  const std::string scalar = Row(">[]");
  // Mul's product is what gelu reads; gelu's result is read by way of a view;
  // nobody reads the second product and the sum.
  EXPECT_THAT(dot, AllOf(HasSubstr("<B>mul</B></TD></TR><TR><TD SIDES=\"LRB\" CELLPADDING=\"3\">" +
                                   SmallText("64 + 128 FLOP") + "</TD></TR><TR>" + saved),
                         HasSubstr("<B>gelu</B>"), HasSubstr(Row(">[64]")), HasSubstr(scalar)));
  EXPECT_EQ(dot.find(saved), dot.find(saved, dot.find("<B>mul</B>")));
  EXPECT_NE(dot.find(saved, dot.find("<B>gelu</B>")), std::string::npos);
  EXPECT_THAT(dot, HasSubstr("kept for backward: 512 B"));
  EXPECT_THAT(dot, Not(HasSubstr("dropped")));
}

TEST(GraphDrawing, MarksWhatThePolicyDrops) {
  const std::string dot = Draw(RecomputeAll());
  const std::string dropped =
      Row(" STYLE=\"dashed\" COLOR=\"#c0392b\" BGCOLOR=\"#fdf3f1\">[2, 32]  dropped 256 B");
  EXPECT_THAT(dot, HasSubstr("<TR>" + dropped));
  EXPECT_THAT(dot, HasSubstr("made again in backward: 512 B"));
  EXPECT_THAT(dot, Not(HasSubstr("saved")));
  EXPECT_THAT(dot, HasSubstr(Row(">[64]")));
}

TEST(GraphDrawing, MarksWhatRunsAgain) {
  Recording recording({.policy = &RecomputeSegments()});
  Variable x = recording.Input(Tensor::Zeros({DType::kFloat32, {2, 32}}));
  {
    const Region region(recording, "layer.0");
    for (int i = 0; i < 3; ++i) x = Gelu(std::move(x));
  }
  const Variable loss = Sum(std::move(x));
  const std::string dot =
      *DotText(recording, {.title = "title", .replays = {1, 2, 0, 0}});
  const auto head = [](const std::string& attributes, const std::string& name,
                       const std::string& flops) {
    return "<TD SIDES=\"LTR\"" + attributes + "><B>" + name + "</B></TD></TR><TR><TD " +
           "SIDES=\"LRB\" CELLPADDING=\"3\"" + attributes + ">" + SmallText(flops);
  };
  const std::string again = " BGCOLOR=\"#f8d39b\"";
  EXPECT_THAT(dot, HasSubstr(head(again, "gelu", "1.28 k + 1.92 k FLOP, again")));
  EXPECT_THAT(dot, HasSubstr(head(again, "gelu", "1.28 k + 1.92 k FLOP, 2x again")));
  EXPECT_THAT(dot, HasSubstr(head("", "gelu", "1.28 k + 1.92 k FLOP")));
  EXPECT_THAT(dot, HasSubstr("runs again in backward: 3, 3.84 k FLOP"));
  EXPECT_THAT(dot, HasSubstr("label=<0>; fillcolor=\"#eceff3\"; color=\"#7a5195\"; penwidth=2"));
  EXPECT_THAT(dot, HasSubstr("a region: "));
  const std::string plain = *DotText(recording, {});
  EXPECT_THAT(plain, Not(HasSubstr("again in backward: 3")));
  EXPECT_THAT(plain, Not(HasSubstr("#f8d39b")));
}

TEST(GraphDrawing, DrawsInputsParametersAndViews) {
  const std::string dot = Draw(KeepAll());
  EXPECT_THAT(dot, HasSubstr("i0 [shape=box style=\"filled,rounded\" fillcolor=\"#fdf1cf\" "
                             "label=<input 0<BR/>[2, 32]>];\n"));
  EXPECT_THAT(dot, HasSubstr("i1 [shape=box style=\"filled,rounded\" fillcolor=\"#e4efdc\" "
                             "label=<w&lt;1&gt;<BR/>[2, 32]>];\n"));
  EXPECT_THAT(dot, HasSubstr("<B>&lt;title&gt;</B>"));
  EXPECT_THAT(dot, Not(HasSubstr("<B>reshape</B>")));
  const std::string edges = dot.substr(dot.find("i0 ->"));
  EXPECT_EQ(edges,
            "i0 -> n0:n;\n"
            "i1 -> n0:n;\n"
            "n0:v0:s -> n1:n;\n"
            "n1:v0:s -> n4:n [label=<" + SmallText("[64]") + ">];\n"
            "n1:v0:s -> n4:n [label=<" + SmallText("[64]") + ">];\n"
            "n4:v0:s -> n5:n;\n"
            "}\n");
}

TEST(GraphDrawing, ALayerHasWhatEntersAndLeaves) {
  const std::string first = Draw(KeepAll(), "layer.0");
  EXPECT_THAT(first, HasSubstr("label=<layer.0>"));
  EXPECT_THAT(first, HasSubstr("<B>gelu</B>"));
  EXPECT_THAT(first, Not(HasSubstr("<B>sum</B>")));
  EXPECT_THAT(first, HasSubstr("to1_0 [shape=box style=\"filled,rounded\" fillcolor=\"white\" "
                               "label=<" + SmallText("to ") + "layer.1: mul<BR/>" +
                               SmallText("to ") + "layer.1: mul>];\n"));
  EXPECT_THAT(first, HasSubstr("n1:v0:s -> to1_0;\n"));
  const std::string second = Draw(KeepAll(), "layer.1");
  EXPECT_THAT(second, HasSubstr("from1_0 [shape=box style=\"filled,rounded\" fillcolor=\"white\" "
                                "label=<" + SmallText("from ") +
                                "layer.0: gelu<BR/>[2, 32]>];\n"));
  EXPECT_THAT(second, HasSubstr("from1_0 -> n4:n [label="));
  EXPECT_THAT(second, Not(HasSubstr("<B>gelu</B>")));
  EXPECT_THAT(second, Not(HasSubstr("input")));
}

// A line from another operation leaves the row above for a parameter.
TEST(GraphDrawing, LinesLeaveRoomForParameters) {
  Parameter weight("w", Tensor::Zeros({DType::kFloat32, {4}}, Purpose::kParameter));
  Recording recording;
  Variable x = Gelu(recording.Constant(Tensor::Zeros({DType::kFloat32, {4}})));
  const Variable y = Mul(std::move(x), recording.Use(weight));
  EXPECT_THAT(*DotText(recording, {}), HasSubstr("n0:v0:s -> n1:n [minlen=2];\ni1 -> n1:n;\n"));
}

TEST(GraphDrawing, SizesThatDependOnTheDataHaveTheirBound) {
  Recording recording;
  const Variable y = Gelu(recording.Constant(Tensor::Zeros({DType::kFloat64, {3, 2}}), {5, 2}));
  EXPECT_THAT(*DotText(recording, {}), HasSubstr(">float64 [3, 2] of [5, 2]<"));
}

// What the drawing of a whole model says is kept is what is alive.
TEST(GraphDrawing, BytesAreThoseThatAreAlive) {
  TrainMlmSettings settings;
  settings.set_layers(2);
  settings.set_hidden(32);
  settings.set_heads(2);
  settings.set_intermediate(64);
  settings.set_seq_len(16);
  settings.set_vocab_size(64);
  settings.set_micro_batch(2);
  settings.set_mask_probability(0.57);  // 8 of 14: every tensor is a multiple of 64 bytes
  settings.set_packing("line");
  ASSERT_TRUE(ResolveSettings(&settings).ok());
  MlmDryStep dry(settings, ConfigOf(settings, 64));
  dry.Forward();
  // Beside them: ids, visible, rows and labels, and the loss and count of correct guesses.
  const int64_t kept =
      dry.account().live(Purpose::kActivation) - 2 * (2 * 16 * 4) - 2 * (16 * 4) - 2 * 64;
  char text[64];
  std::snprintf(text, sizeof(text), "kept for backward: %.4g kB<", kept / 1024.0);
  const absl::StatusOr<std::string> dot = DotText(dry.recording(), {});
  ASSERT_TRUE(dot.ok());
  EXPECT_THAT(*dot, HasSubstr(text));
  EXPECT_TRUE(SvgOfDot(*dot).ok());
  dry.Backward();
  EXPECT_THAT(*DotText(dry.recording(), {}), Not(HasSubstr("kept for backward")));
}

TEST(GraphDrawing, NamesTheLayersThereAre) {
  EXPECT_EQ(Draw(KeepAll(), "layer.7"),
            "NOT_FOUND: found 'layer.7', expected a layer of the graph: layer.0, layer.1");
  EXPECT_EQ(Draw(KeepAll(), "layer.0.norm"),
            "NOT_FOUND: found 'layer.0.norm', expected a layer of the graph: layer.0, layer.1");
  EXPECT_EQ(Draw(KeepAll(), "other"),
            "NOT_FOUND: found 'other', expected a layer of the graph: layer");
}

}  // namespace
}  // namespace hairpin
