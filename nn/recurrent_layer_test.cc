#include "nn/recurrent_layer.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/slice.h"

namespace hairpin::nn {
namespace {

RecurrentOptions Small(Cell cell) {
  return {.cell = cell, .in = 3, .hidden = 4, .layers = 2};
}

TEST(RecurrentTest, Parameters) {
  Recurrent lstm({}, Small(Cell::kLstm));
  EXPECT_EQ(Names(lstm),
            (std::vector<std::string>{"0.weight_ih", "0.weight_hh", "0.bias_ih", "0.bias_hh",
                                      "1.weight_ih", "1.weight_hh", "1.bias_ih", "1.bias_hh"}));
  EXPECT_EQ(lstm.CountParameters(), 16 * (3 + 4 + 2) + 16 * (4 + 4 + 2));
  RecurrentOptions options = Small(Cell::kGru);
  options.bidirectional = true;
  Recurrent gru({}, options);
  EXPECT_EQ(Names(gru)[4], "0.backward.weight_ih");
  EXPECT_EQ(gru.CountParameters(), 2 * (12 * (3 + 4 + 2) + 12 * (8 + 4 + 2)));
}

// A sequence in two pieces is the sequence.
TEST(RecurrentTest, StatesGoOn) {
  for (const Cell cell : {Cell::kLstm, Cell::kGru}) {
    Recurrent layer({.dtype = DType::kFloat32}, Small(cell));
    Randomize(layer, 1);
    const Tensor x = Random({2, 7, 3}, DType::kFloat32, 2);
    Recording recording;
    const Variable all = layer.Forward(recording.Constant(x));
    ASSERT_EQ(all.shape(), Shape({2, 7, 4}));
    std::vector<RecurrentState> states;
    for (const auto& [begin, end] : std::vector<std::pair<int, int>>{{0, 4}, {4, 5}, {5, 7}}) {
      const Variable part = layer.Forward(Slice(recording.Constant(x), 1, begin, end), &states);
      EXPECT_TRUE(SameBits(Slice(all, 1, begin, end).value(), part.value())) << begin;
    }
  }
}

// The way back over x is the way forward over x turned around.
TEST(RecurrentTest, BidirectionalGoesBothWays) {
  RecurrentOptions options = Small(Cell::kLstm);
  options.layers = 1;
  Bidirectional both({.dtype = DType::kFloat64}, options);
  Randomize(both, 1);
  RecurrentLayer one({.dtype = DType::kFloat64}, options);
  const Tensor x = Random({2, 5, 3}, DType::kFloat64, 2);
  Tensor turned = x.Clone();
  for (int i = 0; i < 2 * 5 * 3; ++i) {
    const int b = i / 15, t = i / 3 % 5, c = i % 3;
    turned.raw<double>()[i] = x.data<double>()[b * 15 + (4 - t) * 3 + c];
  }
  Recording recording;
  const std::vector<double> y = both.Forward(recording.Constant(x)).value().ToDoubles();
  ASSERT_EQ(y.size(), 2u * 5 * 8);
  for (const bool back : {false, true}) {
    one.VisitParameters([&](const ParameterVisit& visit) {
      visit.parameter.value().CopyFrom(
          Find(both, (back ? "backward." : "forward.") + visit.name()).value());
    });
    recording.Reset({});
    const std::vector<double> part =
        one.Forward(recording.Constant(back ? turned : x)).value().ToDoubles();
    for (int i = 0; i < 2 * 5 * 4; ++i) {
      const int b = i / 20, t = i / 4 % 5, j = i % 4;
      EXPECT_EQ(y[b * 40 + (back ? 4 - t : t) * 8 + (back ? 4 : 0) + j], part[i]) << back << i;
    }
  }
}

TEST(RecurrentTest, Gradients) {
  const Tensor x = Random({2, 3, 3}, DType::kFloat64, 2);
  for (const Cell cell : {Cell::kLstm, Cell::kGru}) {
    for (const bool bidirectional : {false, true}) {
      RecurrentOptions options = Small(cell);
      options.bidirectional = bidirectional, options.dropout = 0.3;
      Recurrent layer({.dtype = DType::kFloat64}, options);
      Randomize(layer, 1);
      const GradcheckResult result = GradcheckOutput(layer, [&](Recording& recording) {
        return layer.Forward(recording.Constant(x));
      });
      EXPECT_TRUE(result.ok) << result.message;
    }
  }
}

}  // namespace
}  // namespace hairpin::nn
