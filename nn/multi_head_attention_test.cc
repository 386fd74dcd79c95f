#include "nn/multi_head_attention.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/index_select.h"
#include "ops/reshape.h"

namespace hairpin::nn {
namespace {

constexpr int kBatch = 2, kTokens = 5, kChannels = 6, kHeads = 2;
constexpr MultiHeadAttentionOptions kSmall = {.channels = kChannels, .heads = kHeads};

Tensor Visible() {
  return Tensor::FromValues<int32_t>({kBatch, kTokens}, {1, 1, 1, 1, 1, 1, 0, 1, 1, 0});
}

// x [n, C] times the transposed weight [C, C].
std::vector<double> Times(const std::vector<double>& x, const std::vector<double>& weight) {
  std::vector<double> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t row = i / kChannels * kChannels, out = i % kChannels;
    for (int c = 0; c < kChannels; ++c) y[i] += x[row + c] * weight[out * kChannels + c];
  }
  return y;
}

// out_i = sum_j softmax_j(q_i . k_j / sqrt(D)) v_j over the keys that are seen, head by head.
std::vector<double> PlainAttention(const std::vector<double>& q, const std::vector<double>& k,
                                   const std::vector<double>& v, const int32_t* visible) {
  constexpr int kWidth = kChannels / kHeads;
  std::vector<double> out(q.size());
  for (int b = 0; b < kBatch; ++b) {
    for (int h = 0; h < kHeads; ++h) {
      const auto at = [&](int t) { return (b * kTokens + t) * kChannels + h * kWidth; };
      for (int i = 0; i < kTokens; ++i) {
        double weights[kTokens] = {}, total = 0;
        for (int j = 0; j < kTokens; ++j) {
          if (visible != nullptr && visible[b * kTokens + j] == 0) continue;
          double score = 0;
          for (int d = 0; d < kWidth; ++d) score += q[at(i) + d] * k[at(j) + d];
          total += weights[j] = std::exp(score / std::sqrt(static_cast<double>(kWidth)));
        }
        for (int j = 0; j < kTokens; ++j) {
          for (int d = 0; d < kWidth; ++d) out[at(i) + d] += weights[j] / total * v[at(j) + d];
        }
      }
    }
  }
  return out;
}

TEST(MultiHeadAttentionTest, HasFourMatricesWithoutBiases) {
  MultiHeadAttention attention({}, kSmall);
  EXPECT_EQ(Names(attention), (std::vector<std::string>{"query.weight", "key.weight",
                                                        "value.weight", "output.weight"}));
  EXPECT_EQ(attention.CountParameters(), 4 * kChannels * kChannels);
}

TEST(MultiHeadAttentionTest, EqualsAPlainLoop) {
  MultiHeadAttention attention({.dtype = DType::kFloat64}, kSmall);
  Randomize(attention, 1);
  const Tensor x = Random({kBatch, kTokens, kChannels}, DType::kFloat64, 2), visible = Visible();
  const auto project = [&](const std::vector<double>& values, const std::string& name) {
    return Times(values, Find(attention, name + ".weight").value().ToDoubles());
  };
  for (const bool masked : {false, true}) {
    Recording recording;
    const Variable y = attention.Forward(recording.Constant(x),
                                         masked ? recording.Constant(visible) : Variable());
    ASSERT_EQ(y.shape(), x.shape());
    const std::vector<double> values = x.ToDoubles();
    const std::vector<double> expected = project(
        PlainAttention(project(values, "query"), project(values, "key"), project(values, "value"),
                       masked ? visible.data<int32_t>() : nullptr),
        "output");
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(y.value().data<double>()[i], expected[i], 1e-13) << masked << " " << i;
    }
  }
}

TEST(MultiHeadAttentionTest, BiasesAsAsked) {
  MultiHeadAttention attention({}, {.channels = kChannels, .heads = kHeads, .bias = true});
  EXPECT_EQ(attention.CountParameters(), 4 * kChannels * (kChannels + 1));
}

TEST(MultiHeadAttentionTest, ACacheIsForCausalAttention) {
  MultiHeadAttention attention({}, kSmall);
  KeyValueCache cache({}, 1, 4, kChannels);
  Recording recording({.gradients = false});
  const Variable x = recording.Constant(Random({1, 2, kChannels}, DType::kFloat32, 2));
  EXPECT_DEATH(attention.ForwardCached(x, cache), "expected causal");
}

class SomeRowsTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Rotary, SomeRowsTest, ::testing::Bool());

TEST_P(SomeRowsTest, HaveTheBitsOfAll) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    // Heads of an even width, for turning.
    MultiHeadAttention attention({.dtype = dtype}, {.channels = kChannels,
                                                    .heads = GetParam() ? 1 : kHeads,
                                                    .dropout = 0.25,
                                                    .rotary = GetParam()});
    Randomize(attention, 1);
    const Tensor x = Random({kBatch, kTokens, kChannels}, dtype, 2);
    const Tensor rows = Tensor::FromValues<int32_t>({4}, {0, 3, 5, 9});
    Recording whole({.seed = 4}), part({.seed = 4});
    const Variable all = IndexSelect(
        Reshape(attention.Forward(whole.Constant(x), whole.Constant(Visible())), {-1, kChannels}),
        whole.Constant(rows));
    const Variable some =
        attention.Forward(part.Constant(x), part.Constant(Visible()), part.Constant(rows));
    EXPECT_EQ(some.shape(), Shape({4, kChannels}));
    EXPECT_TRUE(SameBits(all.value(), some.value())) << dtype;
  }
}

TEST(MultiHeadAttentionTest, GradientsWithDropoutMaskAndRows) {
  MultiHeadAttention attention({.dtype = DType::kFloat64},
                               {.channels = kChannels, .heads = kHeads, .dropout = 0.25});
  Randomize(attention, 1);
  const Tensor x = Random({kBatch, kTokens, kChannels}, DType::kFloat64, 2);
  const Tensor rows = Tensor::FromValues<int32_t>({4}, {0, 3, 5, 9});
  for (const bool some : {false, true}) {
    const GradcheckResult result = GradcheckOutput(attention, [&](Recording& recording) {
      return attention.Forward(recording.Constant(x), recording.Constant(Visible()),
                               some ? recording.Constant(rows) : Variable());
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
