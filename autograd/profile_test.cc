#include "autograd/profile.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"

namespace hairpin {
namespace {

using testing_ops::Mul;
using testing_ops::Square;
using testing_ops::Sum;
using ::testing::ElementsAre;

Tensor Values(std::initializer_list<double> values) {
  return Tensor::FromValues<double>({static_cast<int64_t>(values.size())}, values);
}

// "layer forward test_square x2 2", the last number its FLOPs.
std::vector<std::string> Lines(const Profile& profile) {
  std::vector<std::string> lines;
  for (const Profile::Row& row : profile.rows()) {
    lines.push_back(row.scope + " " + Name(row.kind) + " " + row.name + " x" +
                    std::to_string(row.runs) + " " + std::to_string(static_cast<int>(row.flops)));
  }
  return lines;
}

void Step(Recording& recording, Profile* profile) {
  recording.Reset({.policy = &RecomputeAll(), .observer = profile});
  const Variable x = recording.Input(Values({1, 2}));
  const Scope scope(recording, "layer");
  recording.Backward(Sum(Square(Square(x))));
}

// Waits until some time has passed on the profile's kind of clock.
void Spend(double seconds) {
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() <
         seconds) {
  }
}

TEST(ProfileTest, AddsUpByLayerOperationAndPhase) {
  Profile profile;
  Recording recording;
  for (int step = 0; step < 2; ++step) {
    const Profile::Span span(&profile, "step");
    Step(recording, &profile);
  }
  // Two squares a step, the second one's input dropped; each test operation counts
  // one operation both ways.
  EXPECT_THAT(Lines(profile),
              ElementsAre(" span step x2 0", "layer forward test_square x4 4",
                          "layer forward test_sum x2 2", "layer backward test_sum x2 2",
                          "layer backward test_square x4 4", "layer replay test_square x2 2"));
  EXPECT_TRUE(profile.events().empty());
  profile.Clear();
  EXPECT_TRUE(profile.rows().empty());
}

// Two stages, each with gradients of its own: one run, its FLOPs counted once.
class TwoStages final : public testing_ops::TestOp {
 public:
  const char* name() const override { return "two_stages"; }
  void Forward(const ForwardArgs& args) const override { args.output(0).raw<double>()[0] = 0; }
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {{.gradients = 0b01}, {.gradients = 0b10}};
    return kStages;
  }
  void Backward(int stage, const BackwardArgs& args) const override {
    args.gradient(stage).raw<double>()[0] = 1;
  }
  Cost cost(Specs inputs) const override { return {3, 5, false}; }
};

TEST(ProfileTest, StagesOfOneNodeAreOneRun) {
  Profile profile({.events = true});
  Recording recording({.observer = &profile});
  for (int i = 0; i < 2; ++i) {
    recording.Reset({.observer = &profile});
    const Variable a = recording.Input(Values({1})), b = recording.Input(Values({2}));
    recording.Backward(Sum(testing_ops::Run<TwoStages>(a, b)));
  }
  EXPECT_THAT(Lines(profile),
              ElementsAre(" forward two_stages x2 6", " forward test_sum x2 2",
                          " backward test_sum x2 2", " backward two_stages x2 10"));
  std::vector<std::string> events;
  for (const Profile::Event& event : profile.events()) {
    events.push_back(profile.rows()[event.row].name + " " + std::to_string(event.node) + " " +
                     std::to_string(event.stage));
  }
  events.resize(events.size() / 2);  // the first of two equal rounds
  EXPECT_THAT(events, ElementsAre("two_stages 0 0", "test_sum 1 0", "test_sum 1 0",
                                  "two_stages 0 0", "two_stages 0 1"));
}

TEST(ProfileTest, OwnTimeLeavesOutWhatIsInside) {
  Profile profile({.events = true});
  {
    const Profile::Span outer(&profile, "outer");
    Spend(0.002);
    const Profile::Span inner(&profile, "inner");
    Spend(0.004);
  }
  ASSERT_EQ(profile.rows().size(), 2u);
  const Profile::Row &outer = profile.rows()[0], &inner = profile.rows()[1];
  EXPECT_EQ(outer.name, "outer");
  EXPECT_GE(inner.seconds, 0.004);
  EXPECT_EQ(inner.seconds, inner.total_seconds);
  EXPECT_GE(outer.total_seconds, 0.006);
  EXPECT_DOUBLE_EQ(outer.seconds, outer.total_seconds - inner.total_seconds);
  EXPECT_EQ(profile.operation_seconds(), 0);
  // Ended first, begun second.
  ASSERT_EQ(profile.events().size(), 2u);
  EXPECT_EQ(profile.events()[0].row, 1);
  EXPECT_GE(profile.events()[0].begin, profile.events()[1].begin);
  EXPECT_EQ(profile.events()[0].node, -1);
}

TEST(ProfileTest, OperationsInsideASpanAreNotItsOwn) {
  Profile profile;
  Recording recording;
  {
    const Profile::Span span(&profile, "step");
    Step(recording, &profile);
  }
  const Profile::Row& step = profile.rows()[0];
  EXPECT_GT(profile.operation_seconds(), 0);
  EXPECT_NEAR(step.seconds + profile.operation_seconds(), step.total_seconds, 1e-9);
}

TEST(ProfileTest, EventsKnowTheMemory) {
  Profile profile({.events = true});
  Recording recording({.observer = &profile});
  const Variable x = recording.Input(Values({1, 2}));
  const Variable y = Mul(x, x);
  ASSERT_EQ(profile.events().size(), 1u);
  EXPECT_EQ(profile.events()[0].live[static_cast<int>(Purpose::kActivation)],
            Allocator::Default().account().live(Purpose::kActivation));
}

// It is neither used, nor does another profile hear of its spans.
TEST(ProfileTest, ASpanOfANullProfileIsNothing) {
  Profile profile({.events = true});
  {
    const Profile::Span outer(&profile, "outer");
    const Profile::Span nothing(nullptr, "nothing");
  }
  EXPECT_THAT(Lines(profile), ElementsAre(" span outer x1 0"));
  EXPECT_EQ(profile.events().size(), 1u);
}

TEST(ProfileDeathTest, EndsThatNeverBegan) {
  Profile profile;
  const Profile::Span span(&profile, "open");
  EXPECT_DEATH(profile.Clear(), "inside a Span");
}

}  // namespace
}  // namespace hairpin
