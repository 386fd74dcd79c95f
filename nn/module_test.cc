#include "nn/module.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/linear.h"
#include "nn/test_util.h"
#include "nn/transformer_encoder_layer.h"

namespace hairpin::nn {
namespace {

constexpr LinearOptions kLinear = {.in = 5, .out = 4};

// A parameter before and after two children of one kind.
class Nested : public Module {
 public:
  explicit Nested(const ModuleContext& context)
      : scale(AddParameter(context, "scale", {3}, NormalInitializer(1))),
        left(Add<Linear>(context, "left", kLinear)),
        right(Add<Linear>(context, "right", kLinear)),
        shift(AddParameter(context, "shift", {3}, NormalInitializer(1))) {}
  Parameter& scale;
  Linear &left, &right;
  Parameter& shift;
};

TEST(ModuleTest, ParametersHaveTheirPlacesNameAndComeInItsOrder) {
  Nested outermost({});
  EXPECT_EQ(Names(outermost),
            (std::vector<std::string>{"scale", "left.weight", "left.bias", "right.weight",
                                      "right.bias", "shift"}));
  EXPECT_EQ(outermost.CountParameters(), 3 + 24 + 24 + 3);
  Nested inside(ModuleContext{}.Child("encoder").Child("0"));
  EXPECT_EQ(Names(inside)[1], "encoder.0.left.weight");
}

TEST(ModuleTest, InitialValuesAreAFunctionOfSeedAndPlace) {
  const auto values = [](uint64_t seed) {
    Nested module({.seed = seed});
    std::vector<std::vector<double>> all;
    module.VisitParameters([&](const ParameterVisit& visit) {
      all.push_back(visit.parameter.value().ToDoubles());
    });
    return all;
  };
  const std::vector<std::vector<double>> a = values(3), b = values(4);
  EXPECT_EQ(a, values(3));
  EXPECT_NE(a[1], b[1]);
  EXPECT_NE(a[1], a[3]);  // each parameter has draws of its own
  EXPECT_NE(a[0], a[5]);
}

// Buffers before and behind parameters and a child that has one.
class Buffered : public Module {
 public:
  explicit Buffered(const ModuleContext& context, bool outermost = true) {
    AddBuffer(context, "first", {2}, 0.5);
    AddParameter(context, "weight", {3}, NormalInitializer(1));
    if (outermost) Add<Buffered>(context, "child", false);
    AddBuffer(context, "last", {}, 7);
  }
};

TEST(ModuleTest, BuffersHaveNamesAndAreNoParameters) {
  Buffered module({.dtype = DType::kFloat64});
  std::vector<std::string> names;
  module.VisitBuffers([&](const std::string& name, Tensor& buffer) {
    names.push_back(name);
    EXPECT_EQ(buffer.ToDoubles(), name.ends_with("first") ? std::vector<double>(2, 0.5)
                                                          : std::vector<double>{7});
  });
  EXPECT_EQ(names,
            (std::vector<std::string>{"first", "child.first", "child.last", "last"}));
  EXPECT_EQ(Names(module), (std::vector<std::string>{"weight", "child.weight"}));
  EXPECT_EQ(module.CountParameters(), 6);
  module.ClearGradients();
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

TEST(ModuleTest, ClearGradientsReachesAllOfThem) {
  Nested module({});
  const auto with_gradient = [&] {
    int count = 0;
    module.VisitParameters(
        [&](const ParameterVisit& visit) { count += visit.parameter.has_gradient() ? 1 : 0; });
    return count;
  };
  module.VisitParameters([](const ParameterVisit& visit) {
    visit.parameter.GradientMemory();
    visit.parameter.MarkGradient();
  });
  EXPECT_EQ(with_gradient(), 6);
  module.ClearGradients();
  EXPECT_EQ(with_gradient(), 0);
}

TEST(ModuleTest, DryModuleHasShapesAndCountsTheSameBytes) {
  constexpr TransformerEncoderLayerOptions kSmall = {.channels = 8, .heads = 2, .intermediate = 12};
  Allocator dry(Allocator::Kind::kDry);
  {
    TransformerEncoderLayer layer({.allocator = &dry}, kSmall);
    const int64_t before = Allocator::Default().account().live(Purpose::kParameter);
    TransformerEncoderLayer real({}, kSmall);
    EXPECT_EQ(dry.account().live(Purpose::kParameter),
              Allocator::Default().account().live(Purpose::kParameter) - before);
    EXPECT_GE(dry.account().live(Purpose::kParameter), 4 * layer.CountParameters());
    EXPECT_EQ(layer.CountParameters(), real.CountParameters());
  }
  EXPECT_EQ(dry.account().live_total(), 0);
}

}  // namespace
}  // namespace hairpin::nn
