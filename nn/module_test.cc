#include "nn/module.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "nn/gelu.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/module_gradcheck.h"
#include "nn/sequential.h"
#include "nn/transformer_encoder_layer.h"
#include "ops/index_select.h"
#include "ops/mul.h"
#include "ops/reshape.h"
#include "ops/sum.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin::nn {
namespace {

std::vector<std::string> Names(Module& module) {
  std::vector<std::string> names;
  module.VisitParameters([&](const ParameterVisit& visit) {
    std::string name = visit.name();
    for (const std::string& alias : visit.aliases) name += "=" + alias;
    names.push_back(name);
  });
  return names;
}

Tensor Random(const Shape& shape, DType dtype, uint64_t seed) {
  Tensor tensor = Tensor::Empty({dtype, shape});
  NormalInitializer(1.0)(seed, 0, &tensor);
  return tensor;
}

constexpr TransformerEncoderLayerOptions kSmall = {
    .channels = 8, .heads = 2, .intermediate = 12, .dropout = 0.25};

TEST(ModuleTest, EncoderLayerHasItsNamesInOrder) {
  TransformerEncoderLayer layer({}, kSmall);
  EXPECT_EQ(Names(layer),
            (std::vector<std::string>{
                "attention_norm.weight", "attention_norm.bias", "attention.query.weight",
                "attention.key.weight", "attention.value.weight", "attention.output.weight",
                "feed_forward_norm.weight", "feed_forward_norm.bias", "feed_forward.in.weight",
                "feed_forward.in.bias", "feed_forward.out.weight", "feed_forward.out.bias"}));
  EXPECT_EQ(layer.CountParameters(), 4 * 64 + 2 * 96 + 12 + 8 + 4 * 8);
}

class Tied : public Module {
 public:
  explicit Tied(const ModuleContext& context) {
    Parameter& table = AddParameter(context, "table", {3, 2}, ConstantInitializer(1));
    AddAlias(context, "head.weight", table);
    AddParameter(context, "bias", {3}, ConstantInitializer(0));
  }
};

TEST(ModuleTest, TiedParameterIsVisitedAndCountedOnce) {
  Tied module({});
  EXPECT_EQ(Names(module), (std::vector<std::string>{"table=head.weight", "bias"}));
  EXPECT_EQ(module.CountParameters(), 9);
}

TEST(ModuleTest, InitialValuesAreAFunctionOfSeedAndPlace) {
  const auto values = [](const ModuleContext& context) {
    Linear linear(context, {.in = 50, .out = 41});
    std::vector<double> all;
    linear.VisitParameters([&](const ParameterVisit& visit) {
      for (double value : visit.parameter.value().ToDoubles()) all.push_back(value);
    });
    return all;
  };
  const std::vector<double> a = values({.seed = 3});
  SetNumThreads(3);
  EXPECT_EQ(a, values({.seed = 3}));
  SetNumThreads(1);
  EXPECT_NE(a, values({.seed = 4}));
  double sum = 0, squares = 0;
  for (size_t i = 0; i < 2050; ++i) sum += a[i], squares += a[i] * a[i];
  EXPECT_NEAR(sum / 2050, 0, 4 * 0.02 / std::sqrt(2050.0));
  EXPECT_NEAR(std::sqrt(squares / 2050), 0.02, 0.0015);
  for (size_t i = 2050; i < a.size(); ++i) EXPECT_EQ(a[i], 0);
  const std::vector<double> exact = values({.dtype = DType::kFloat64, .seed = 3});
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i], static_cast<float>(exact[i]));
}

TEST(ModuleTest, DryModuleHasShapesAndCountsTheSameBytes) {
  Allocator dry(Allocator::Kind::kDry);
  {
    TransformerEncoderLayer layer({.allocator = &dry}, kSmall);
    const int64_t before = Allocator::Default().account().live(Purpose::kParameter);
    TransformerEncoderLayer real({}, kSmall);
    EXPECT_EQ(dry.account().live(Purpose::kParameter),
              Allocator::Default().account().live(Purpose::kParameter) - before);
    EXPECT_EQ(layer.CountParameters(), real.CountParameters());
  }
  EXPECT_EQ(dry.account().live_total(), 0);
}

TEST(ModuleTest, SequentialRunsInOrderAndHasRightGradients) {
  Sequential mlp({.dtype = DType::kFloat64, .seed = 5});
  mlp.Append<Linear>("in", LinearOptions{.in = 4, .out = 6, .initial_deviation = 0.5});
  mlp.Append<LayerNorm>("norm", LayerNormOptions{6});
  mlp.Append<Gelu>("gelu");
  mlp.Append<Linear>("out", LinearOptions{.in = 6, .out = 3, .initial_deviation = 0.5});
  const Tensor x = Random({5, 4}, DType::kFloat64, 1), r = Random({5, 3}, DType::kFloat64, 2);
  const GradcheckResult result = GradcheckModule(mlp, [&](Recording& recording) {
    return Sum(Mul(mlp.Forward(recording.Constant(x)), recording.Constant(r)));
  });
  EXPECT_TRUE(result.ok) << result.message;
}

// The last layer computed for some rows alone has the bits of the whole.
void ExpectRowsBitEqual(DType dtype, bool masked) {
  TransformerEncoderLayer layer({.dtype = dtype, .seed = 9}, kSmall);
  const Tensor x = Random({3, 7, 8}, dtype, 4);
  const Tensor rows = Tensor::FromValues<int32_t>({5}, {0, 3, 8, 13, 20});
  Tensor visible = Tensor::FromValues<int32_t>(
      {3, 7}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0});
  const auto run = [&](bool some) {
    Recording recording({.seed = 11, .step = 2, .train = true});
    Variable mask = masked ? recording.Constant(visible) : Variable();
    Variable wanted = recording.Constant(rows);
    Variable y = some ? layer.Forward(recording.Constant(x), mask, wanted)
                      : IndexSelect(Reshape(layer.Forward(recording.Constant(x), mask), {21, 8}),
                                    wanted);
    return y.value().Clone();
  };
  const Tensor a = run(true), b = run(false);
  ASSERT_EQ(a.shape(), Shape({5, 8}));
  EXPECT_EQ(std::memcmp(a.raw_bytes(), b.raw_bytes(), a.spec().bytes()), 0);
}

TEST(TransformerEncoderLayerTest, QueryRowsAreBitEqualDropoutIncluded) {
  for (DType dtype : {DType::kFloat32, DType::kFloat64}) {
    for (bool masked : {false, true}) ExpectRowsBitEqual(dtype, masked);
  }
}

TEST(TransformerEncoderLayerTest, GradientsThroughRowsAndDropout) {
  TransformerEncoderLayer layer({.dtype = DType::kFloat64, .seed = 9}, kSmall);
  const Tensor x = Random({2, 4, 8}, DType::kFloat64, 4);
  const Tensor r = Random({3, 8}, DType::kFloat64, 5);
  const Tensor rows = Tensor::FromValues<int32_t>({3}, {1, 4, 6});
  const GradcheckResult result = GradcheckModule(layer, [&](Recording& recording) {
    Variable y = layer.Forward(recording.Constant(x), {}, recording.Constant(rows));
    return Sum(Mul(std::move(y), recording.Constant(r)));
  });
  EXPECT_TRUE(result.ok) << result.message;
}

}  // namespace
}  // namespace hairpin::nn
