#include "autograd/recording.h"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

#include "autograd/testing_ops.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Bell;
using testing_ops::Flatten;
using testing_ops::Mul;
using testing_ops::Run;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;
using testing_ops::TripleOp;

using Doubles = std::vector<double>;
using Numbers = std::vector<Doubles>;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

// The numbers of a graph that leaves no value alive.
Numbers RunAndDrain(const std::function<Numbers(Recording&)>& run) {
  Recording recording;
  const Numbers numbers = run(recording);
  EXPECT_EQ(recording.num_alive_values(), 0);
  return numbers;
}

TEST(RecordingTest, AWeightUsedTwiceGetsBothGradients) {
  Parameter weight("w", Values({2, 3}));
  const Numbers numbers = RunAndDrain([&](Recording& recording) -> Numbers {
    weight.ClearGradient();
    const Variable x = recording.Constant(Values({5, 7}));
    recording.Backward(Sum(Add(Mul(x, recording.Use(weight)), Square(recording.Use(weight)))));
    return {weight.gradient().ToDoubles()};
  });
  EXPECT_EQ(numbers, Numbers({{5 + 4, 7 + 6}}));  // x + 2 w
}

TEST(RecordingTest, BackwardAddsUntilTheGradientIsCleared) {
  Parameter weight("w", Values({2, 3}));
  RunAndDrain([&](Recording& recording) -> Numbers {
    weight.ClearGradient();
    recording.Backward(Sum(Square(recording.Use(weight))));
    recording.Backward(Sum(Square(recording.Use(weight))));
    EXPECT_EQ(weight.gradient().ToDoubles(), Doubles({8, 12}));
    weight.ClearGradient();
    recording.Backward(Sum(Scale(recording.Use(weight), 5)));
    EXPECT_EQ(weight.gradient().ToDoubles(), Doubles({5, 5}));
    return {};
  });
}

TEST(RecordingTest, AFrozenParameterGetsNone) {
  Parameter weight("w", Values({2, 3}));
  Parameter frozen("f", Values({4, 5}));
  frozen.set_requires_gradient(false);
  RunAndDrain([&](Recording& recording) -> Numbers {
    recording.Backward(Sum(Mul(recording.Use(weight), recording.Use(frozen))));
    EXPECT_FALSE(frozen.has_gradient());
    return {};
  });
}

// q = k = v = one value: the stage makes three gradients of it, and none may
// take another's place.
template <bool kAdds>
void TestOneValueAsThreeInputs() {
  Parameter weight("w", Values({2, 3}));
  RunAndDrain([&](Recording& recording) -> Numbers {
    weight.ClearGradient();
    for (int times = 1; times <= 2; ++times) {  // with no gradient at first, then with one
      const Variable w = recording.Use(weight);
      recording.Backward(Sum(Run<TripleOp<kAdds>>(w, w, w)));
      EXPECT_EQ(weight.gradient().ToDoubles(), Doubles({12.0 * times, 27.0 * times}));
    }
    // The same of a value inside the graph, then with a gradient from elsewhere.
    const Variable x = recording.Input(Values({2, 3}));
    Variable y = Scale(x, 1);
    Variable cube = Run<TripleOp<kAdds>>(y, y, y);
    Variable loss = Sum(Add(std::move(cube), Square(std::move(y))));
    recording.Backward(loss);
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({12 + 4, 27 + 6}));
    return {x.gradient().ToDoubles()};
  });
}
TEST(RecordingTest, OneValueAsThreeInputsThatAreAdded) { TestOneValueAsThreeInputs<true>(); }
TEST(RecordingTest, OneValueAsThreeInputs) { TestOneValueAsThreeInputs<false>(); }

TEST(RecordingTest, AnOutputMayBeUsedManyTimes) {
  const Numbers numbers = RunAndDrain([](Recording& recording) -> Numbers {
    const Variable x = recording.Input(Values({0.5, -2}));
    Variable y = Square(x);
    Variable sum = Scale(y, 1);
    for (int i = 0; i < 10; ++i) sum = Add(std::move(sum), Mul(y, y));
    y = Variable();
    recording.Backward(Sum(std::move(sum)));
    return {x.gradient().ToDoubles()};
  });
  // L = x^2 + 10 x^4.
  EXPECT_EQ(numbers, Numbers({{2 * 0.5 + 40 * 0.125, 2 * -2 + 40 * -8.0}}));
}

// A residual hands one gradient to both branches. The branch that works in
// place must not spoil the other's.
TEST(RecordingTest, ASharedGradientIsNeverOverwritten) {
  const Numbers numbers = RunAndDrain([](Recording& recording) -> Numbers {
    const Variable x = recording.Input(Values({1, 2}));
    const Variable z = recording.Input(Values({3, 4}));
    Variable h = Scale(x, 2);
    for (int layer = 0; layer < 3; ++layer) {
      Variable branch = Scale(Scale(h, 3), 5);
      h = Add(std::move(h), std::move(branch));
    }
    Variable sum = Add(std::move(h), z);
    recording.RetainGradient(sum);
    recording.Backward(Sum(sum));
    return {x.gradient().ToDoubles(), z.gradient().ToDoubles(), sum.gradient().ToDoubles()};
  });
  const double factor = 2 * 16 * 16 * 16;
  EXPECT_EQ(numbers, Numbers({{factor, factor}, {1, 1}, {1, 1}}));
}

TEST(RecordingTest, ASeedIsNeverOverwritten) {
  RunAndDrain([](Recording& recording) -> Numbers {
    const Variable x = recording.Input(Values({1, 2}));
    const Variable y = Scale(Scale(x, 2), 3);
    const Tensor seed = Values({10, 20});
    // The root twice: its gradient is begun by the seed and added to.
    const Variable roots[] = {y, y};
    const Tensor seeds[] = {seed, seed};
    recording.Backward(roots, seeds);
    EXPECT_EQ(seed.ToDoubles(), Doubles({10, 20}));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({120, 240}));
    return {};
  });
}

TEST(RecordingTest, BroadcastInputsGetSums) {
  Parameter bias("b", Values({1, 2}));
  const Numbers numbers = RunAndDrain([&](Recording& recording) -> Numbers {
    bias.ClearGradient();
    const Variable x = recording.Input(Tensor::FromValues<double>({3, 2}, {1, 2, 3, 4, 5, 6}));
    const Variable row = recording.Input(Values({1, 1}));
    Variable y = Add(Add(x, recording.Use(bias)), row);
    y = Add(std::move(y), recording.Use(bias));
    recording.Backward(Sum(Square(std::move(y))));
    return {x.gradient().ToDoubles(), bias.gradient().ToDoubles(), row.gradient().ToDoubles()};
  });
  // y = x + 2 b + 1, dx = 2 y; a bias's gradient is a sum over rows.
  EXPECT_EQ(numbers, Numbers({{8, 14, 12, 18, 16, 22}, {72, 108}, {36, 54}}));
}

TEST(RecordingTest, SeveralOutputsAnExtraAndAView) {
  for (int used = 1; used <= 3; ++used) {
    const Numbers numbers = RunAndDrain([used](Recording& recording) -> Numbers {
      const Variable x = recording.Input(Tensor::FromValues<double>({1, 2}, {1, -1}));
      auto [bell, next] = Bell(Scale(x, 1));
      Variable loss;
      if (used & 1) loss = Sum(Square(Flatten(std::move(bell))));
      if (used & 2) loss = loss ? Add(std::move(loss), Sum(next)) : Sum(next);
      bell = next = Variable();
      recording.Backward(std::exchange(loss, Variable()));
      return {x.gradient().ToDoubles()};
    });
    // r = 1/2: d(r^2) = 2 r (-2 x r^2) = -x / 2.
    const double direct = used & 2 ? 1 : 0, bell = used & 1 ? 0.5 : 0;
    EXPECT_EQ(numbers, Numbers({{direct - bell, direct + bell}})) << used;
  }
}

// What is moved in may be overwritten; the numbers are those of a graph in
// which every Variable is held.
TEST(RecordingTest, InPlaceGivesTheSameBits) {
  Numbers results[2];
  for (const bool hold : {false, true}) {
    results[hold] = RunAndDrain([hold](Recording& recording) -> Numbers {
      std::vector<Variable> held;
      const auto keep = [&](Variable v) {
        if (hold) held.push_back(v);
        return v;
      };
      const Variable x = recording.Input(Values({0.1, -0.7, 1.3}));
      Variable h = keep(Scale(keep(Scale(x, 1.1)), 0.3));
      Variable squared = keep(Square(h));
      h = keep(Add(std::move(h), std::move(squared)));
      h = keep(Scale(keep(Flatten(std::move(h))), 0.9));
      h = keep(Square(keep(Square(std::move(h)))));
      const Doubles output = h.value().ToDoubles();
      recording.Backward(Sum(std::move(h)));
      return {output, x.gradient().ToDoubles()};
    });
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(RecordingTest, WhatIsMovedInIsOverwritten) {
  Recording recording({.policy = &KeepAll()});
  Variable h = Scale(recording.Input(Values({1, 2})), 2);
  const void* memory = h.value().raw_bytes();
  h = Scale(std::move(h), 3);
  EXPECT_EQ(h.value().raw_bytes(), memory);
  EXPECT_NE(Scale(h, 3).value().raw_bytes(), memory);  // h is still here
}

TEST(RecordingTest, WhatIsHeldOrReadIsNotOverwritten) {
  RunAndDrain([](Recording& recording) -> Numbers {
    const Variable x = recording.Input(Values({1, 2}));
    Variable scaled = Scale(x, 1);  // an input of the graph is never overwritten
    EXPECT_FALSE(scaled.value().SharesStorageWith(x.value()));
    const Variable view = Flatten(scaled);
    const Variable next = Scale(std::move(scaled), 2);
    EXPECT_EQ(view.value().ToDoubles(), Doubles({1, 2}));
    Variable read = Scale(next, 1);
    Variable square = Square(read);
    Variable after = Scale(std::move(read), 10);  // Square will read it again
    recording.Backward(Sum(Add(std::move(square), std::move(after))));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({2 * (4 + 10), 2 * (8 + 10)}));
    return {};
  });
}

TEST(RecordingTest, NoGradientRemembersNothing) {
  RunAndDrain([](Recording& recording) -> Numbers {
    const Variable x = recording.Input(Values({1, 2}));
    Variable constant;
    {
      const NoGradient none(recording);
      Variable y = Square(Square(x));
      EXPECT_FALSE(y.requires_gradient());
      EXPECT_EQ(recording.num_alive_values(), 1);
      constant = std::move(y);
    }
    recording.Backward(Sum(Mul(x, std::exchange(constant, Variable()))));
    EXPECT_EQ(x.gradient().ToDoubles(), Doubles({1, 16}));
    return {};
  });
  Recording evaluation({.gradients = false});
  const Variable x = evaluation.Input(Values({1, 2}));
  EXPECT_FALSE(Square(x).requires_gradient());
  EXPECT_EQ(evaluation.num_alive_values(), 0);
}

TEST(RecordingTest, NoGradientHoldsAcrossAReset) {
  Recording recording;
  {
    const NoGradient none(recording);
    recording.Reset({});
    EXPECT_FALSE(Square(recording.Input(Values({1}))).requires_gradient());
    recording.Reset({});
  }
  EXPECT_TRUE(Square(recording.Input(Values({1}))).requires_gradient());
}

// Resetting a recording gives the next step its memory and no others' draws.
TEST(RecordingTest, ResetStartsAnew) {
  Recording recording({.seed = 1, .step = 2});
  const PhiloxKey first = recording.NextDrawKey(), second = recording.NextDrawKey();
  EXPECT_FALSE(first == second);
  Square(recording.Input(Values({1})));
  recording.Reset({.seed = 1, .step = 2});
  EXPECT_EQ(recording.num_nodes(), 0);
  EXPECT_EQ(recording.NextDrawKey(), first);
  recording.Reset({.seed = 1, .step = 3});
  EXPECT_FALSE(recording.NextDrawKey() == first);
  recording.Reset({.seed = 1, .step = 2, .micro_batch = 1});
  EXPECT_FALSE(recording.NextDrawKey() == first);
}

}  // namespace
}  // namespace hairpin
