#include "nn/state_dict.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"

namespace hairpin::nn {
namespace {

class Tied : public Module {
 public:
  explicit Tied(const ModuleContext& context)
      : table(AddParameter(context, "table", {3, 2}, NormalInitializer(1))) {
    AddAlias(context, "head.weight", table);
    AddParameter(context, "bias", {3}, ConstantInitializer(0));
  }
  Parameter& table;
};

TEST(StateDictTest, HoldsEachParameterOnceUnderItsFirstName) {
  Tied module({});
  const StateDict state = ParameterState(module);
  ASSERT_EQ(state.size(), 2);
  EXPECT_EQ(state[0].kind, kParameterKind);
  EXPECT_EQ(state[0].name, "table");
  EXPECT_EQ(state[1].name, "bias");
}

TEST(StateDictTest, EntriesAreHandlesOnTheParameters) {
  Tied module({});
  StateDict state = ParameterState(module);
  state[0].tensor.CopyFrom(Random({3, 2}, DType::kFloat32, 99));
  EXPECT_EQ(module.table.value().ToDoubles(), state[0].tensor.ToDoubles());
}

StateEntry Entry(const std::string& kind, const std::string& name, Tensor tensor) {
  return {kind, name, std::move(tensor)};
}

// Computed with Python's hashlib from "parameter w float32 [2]\n" and the eight bytes.
TEST(StateDictTest, DigestIsSha256OfNamesAndBits) {
  EXPECT_EQ(Digest({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Digest({Entry(kParameterKind, "w", Tensor::FromValues<float>({2}, {1.5f, -2}))}),
            "96c14d2d2785970148017592b7d1a608f0c0aa9f0809e2391b1f587cdc9dad37");
}

TEST(StateDictTest, DigestTellsEverythingApart) {
  const Tensor values = Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  const StateEntry one = Entry(kParameterKind, "a", values);
  const StateEntry two = Entry(kParameterKind, "b", values);
  const std::vector<StateDict> states = {
      {one},
      {Entry(kOptimizerKind, "a", values)},
      {two},
      {Entry(kParameterKind, "a", values.Reshape({3, 2}))},
      {Entry(kParameterKind, "a", values.Reshape({6}))},
      {Entry(kParameterKind, "a", values.Cast(DType::kFloat64))},
      {Entry(kParameterKind, "a", Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6.0000005f}))},
      {Entry(kParameterKind, "a", Tensor::FromValues<float>({0}, {}))},
      {Entry(kParameterKind, "a", Tensor::FromValues<float>({0, 2}, {}))},
      {Entry(kParameterKind, "a", Tensor::FromValues<float>({}, {0.0f}))},
      {Entry(kParameterKind, "a", Tensor::FromValues<float>({}, {-0.0f}))},
      {one, two},
      {two, one},
  };
  std::set<std::string> digests;
  for (const StateDict& state : states) {
    digests.insert(Digest(state));
    EXPECT_EQ(Digest(state), Digest(state));
  }
  EXPECT_EQ(digests.size(), states.size());
}

TEST(StateDictTest, OneByOneIsTheSameAsAllAtOnce) {
  Tied module({.seed = 3});
  const StateDict state = ParameterState(module);
  StateDigest digest;
  for (const StateEntry& entry : state) digest.Add(entry);
  EXPECT_EQ(digest.Hex(), Digest(state));
}

}  // namespace
}  // namespace hairpin::nn
