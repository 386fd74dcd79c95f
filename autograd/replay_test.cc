// Values that a policy dropped are made again: once, and only those.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "autograd/all_policies.h"
#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Bell;
using testing_ops::Flatten;
using testing_ops::Mul;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;

using Doubles = std::vector<double>;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

TEST(ReplayTest, RecomputeAllKeepsNothing) {
  for (const bool keep : {true, false}) {
    Recording recording({.policy = keep ? &KeepAll() : &RecomputeAll()});
    const Variable x = recording.Input(Values({1, 2}));
    const Variable loss = Sum(Square(Square(Square(x))));
    EXPECT_EQ(recording.num_alive_values(), keep ? 3 : 1);
    recording.Backward(loss);
    EXPECT_EQ(recording.num_replays(), keep ? 0 : 2);
    EXPECT_EQ(recording.num_alive_values(), 1);  // the loss, by its handle
  }
}

// Keeps all but the values of Square.
class DropSquares final : public SavedPolicy {
 public:
  const char* name() const override { return "no squares"; }
  Fate Decide(const ReleasedValue& value) const override {
    return std::string(value.op.name()) == "test_square" ? Fate::kDrop : Fate::kKeep;
  }
};

TEST(ReplayTest, APolicyDecidesByOperation) {
  const DropSquares policy;
  Recording recording({.policy = &policy});
  const Variable x = recording.Input(Values({1, 2}));
  // Square reads its input: of three, the second and the third a square's.
  recording.Backward(Sum(Square(Square(Square(Mul(x, x))))));
  EXPECT_EQ(recording.num_replays(), 2);
  EXPECT_EQ(x.gradient().ToDoubles(), Doubles({16, 16 * 32768.0}));
}

TEST(ReplayTest, AValueThatTwoAskForIsMadeOnce) {
  Recording recording({.policy = &RecomputeAll()});
  const Variable x = recording.Input(Values({3}));
  Variable y = Scale(x, 2);
  Variable product = Mul(y, y);
  y = Variable();
  // The square's replay of the product asks twice for y.
  recording.Backward(Sum(Square(std::move(product))));
  EXPECT_EQ(recording.num_replays(), 2);
  EXPECT_EQ(x.gradient().ToDoubles(), Doubles({64 * 27}));  // L = 16 x^4
}

// A replay makes all outputs of its operation; the one that somebody holds is
// not exchanged under his hands.
TEST(ReplayTest, AHeldOutputKeepsItsTensor) {
  Recording recording({.policy = &RecomputeAll()});
  const Variable x = recording.Input(Values({1, -1}));
  auto [bell, next] = Bell(x);
  Variable loss = Sum(Add(Square(bell), Square(next)));
  next = Variable();
  const void* memory = bell.value().raw_bytes();
  recording.Backward(loss);
  EXPECT_EQ(bell.value().raw_bytes(), memory);
  EXPECT_EQ(bell.value().ToDoubles(), Doubles({0.5, 0.5}));
  EXPECT_EQ(x.gradient().ToDoubles(), Doubles({-0.5 + 4, 0.5 + 0}));
}

// A view is made again without running anything.
TEST(ReplayTest, AViewCostsNothing) {
  Recording recording({.policy = &RecomputeAll()});
  const Variable x = recording.Input(Tensor::FromValues<double>({1, 2}, {1, 2}));
  recording.Backward(Sum(Square(Flatten(Flatten(x)))));
  EXPECT_EQ(recording.num_replays(), 0);
  EXPECT_EQ(x.gradient().ToDoubles(), Doubles({2, 4}));
  EXPECT_EQ(recording.num_alive_values(), 0);
}

// Says one thing on the way up and another on the way down.
class Fickle final : public SavedPolicy {
 public:
  explicit Fickle(Fate fate) : fate_(fate) {}
  void set_fate(Fate fate) { fate_ = fate; }
  const char* name() const override { return "fickle"; }
  Fate Decide(const ReleasedValue&) const override { return fate_; }

 private:
  Fate fate_;
};

// A policy must not change its mind; one that does costs other bytes and no bits: what
// it no longer keeps is made again, what it drops no more is gone anyway.
TEST(ReplayTest, APolicyThatChangesItsMindChangesNoBits) {
  constexpr Fate kFates[] = {Fate::kKeep, Fate::kDrop, Fate::kHold};
  Doubles expected;
  for (const Fate up : kFates) {
    for (const Fate down : kFates) {
      Fickle policy(up);
      Recording recording({.policy = &policy});
      const Variable x = recording.Input(Values({1.5, -0.25}));
      Variable y = Scale(x, 2), early, late;
      {
        const Region region(recording, "block");
        early = Square(Scale(y, 3));
        y = Square(Scale(Scale(std::move(y), 0.5), 0.25));  // may be written over
        late = Mul(y, early);
      }
      policy.set_fate(down);
      early = Variable();  // goes under the other policy
      const Variable loss = Sum(Add(Square(std::move(late)), std::move(y)));
      recording.Backward(loss);
      if (expected.empty()) expected = x.gradient().ToDoubles();
      EXPECT_EQ(x.gradient().ToDoubles(), expected);
      EXPECT_EQ(recording.num_alive_values(), 1);  // the loss
    }
  }
}

// Backward may come while a region is open: to it that is a region like another.
TEST(ReplayTest, BackwardInsideARegion) {
  for (const SavedPolicy* policy : AllPolicies()) {
    Recording recording({.policy = policy});
    const Region region(recording, "never closed");
    const Variable x = recording.Input(Values({3}));
    recording.Backward(Sum(Square(Square(Scale(x, 2)))));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({4 * 16 * 27})) << policy->name();
    EXPECT_EQ(recording.num_alive_values(), 0) << policy->name();
  }
}

// A graph of 100,000 operations must not recurse: not in backward, not in a
// replay, not at its end.
TEST(ReplayTest, AChainOfAHundredThousand) {
  constexpr int kDepth = 100000, kInRegion = 1000;
  Parameter weight("w", Values({1}));
  for (const SavedPolicy* policy : AllPolicies()) {
    SCOPED_TRACE(policy->name());
    weight.ClearGradient();
    Recording recording({.policy = policy});
    const Variable x = recording.Input(Values({3}));
    const auto chain = [&] {
      Variable y = x;
      for (int i = 0; i < kDepth / kInRegion; ++i) {
        const Region region(recording, "part");
        for (int j = 0; j < kInRegion; ++j) y = Mul(std::move(y), recording.Use(weight));
      }
      return y;
    };
    recording.Backward(chain());
    EXPECT_EQ(weight.gradient().ToDoubles(), Doubles({3.0 * kDepth}));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({1}));
    // Each once: all but the last, which backward does not read, and what comes into
    // a region.
    if (policy == &KeepAll()) {
      EXPECT_EQ(recording.num_replays(), 0);
    } else if (policy == &RecomputeSegments()) {
      EXPECT_EQ(recording.num_replays(), kDepth - kDepth / kInRegion);
    } else if (policy == &RecomputeAll() || policy == &RecomputeCheap()) {
      EXPECT_EQ(recording.num_replays(), kDepth - 1);
    } else {
      EXPECT_GT(recording.num_replays(), kDepth / 4);
      EXPECT_LT(recording.num_replays(), kDepth - 1);
    }
    EXPECT_EQ(recording.num_alive_values(), 0);
    chain();  // and an end without a backward
    EXPECT_EQ(recording.num_nodes(), 2 * kDepth);
  }
}

}  // namespace
}  // namespace hairpin
