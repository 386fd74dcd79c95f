#include "tools/analysis/roofline.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/analysis/svg.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double B = 3, T = 22, C = 32, F = 48;  // of TinyStepSettings
constexpr int kSteps = 2, kMicroBatches = 4;

struct Measured {
  explicit Measured(const SavedPolicy& policy = KeepAll())
      : step(AnalyzeStep(settings, TinyStepConfig(), policy)),
        steps(*MeasureSteps(settings, TinyStepConfig(), kSteps, policy)) {}
  std::string Picture() const {
    const MachinePeak machine = {
        .threads = 1, .float32_flops = 1.5e11, .read_bytes = 2.5e10, .cache_bytes = 9e10};
    return DrawRoofline({settings, step, &steps, machine});
  }
  const TrainMlmSettings settings = TinyStepSettings();
  StepAnalysis step;
  StepMeasurement steps;
};

const RoofPoint* Find(const std::vector<RoofPoint>& points, const std::string& name,
                      Profile::Kind kind) {
  for (const RoofPoint& point : points) {
    if (point.name == name && point.kind == kind) return &point;
  }
  ADD_FAILURE() << "no point " << name;
  return nullptr;
}

// The feed-forward's first product, of the one layer that has all rows of it:
//   forward    2 n C F + n F;  x, weight, bias and y
//   backward   twice the products + n F;  for the weight's gradient and the bias's: x, dy,
//              both; for x's: the weight, dy, dx
TEST(RoofPoints, WorkAndBytesOfALinearLayerByHand) {
  const Measured measured;
  const std::vector<RoofPoint> points = RoofPoints(measured.step, measured.steps);
  const double n = B * T, runs = kSteps * kMicroBatches;
  const RoofPoint* const forward = Find(points, "linear in [3, 22, 48]", Profile::Kind::kForward);
  ASSERT_NE(forward, nullptr);
  EXPECT_EQ(forward->runs, runs);
  EXPECT_EQ(forward->flops, runs * (2 * n * C * F + n * F));
  EXPECT_EQ(forward->bytes, runs * 4 * (n * C + F * C + F + n * F));
  const RoofPoint* const backward =
      Find(points, "linear in [3, 22, 48]", Profile::Kind::kBackward);
  ASSERT_NE(backward, nullptr);
  EXPECT_EQ(backward->flops, runs * (4 * n * C * F + n * F));
  EXPECT_EQ(backward->bytes,
            runs * 4 * ((n * C + n * F + F * C + F) + (F * C + n * F + n * C)));
}

TEST(RoofPoints, EveryNameOnceInAPhaseAndTheLongestFirst) {
  const Measured measured;
  const std::vector<RoofPoint> points = RoofPoints(measured.step, measured.steps);
  std::set<std::pair<std::string, Profile::Kind>> names;
  double before = 1e9, seconds = 0;
  for (const RoofPoint& point : points) {
    EXPECT_TRUE(names.emplace(point.name, point.kind).second) << point.name;
    EXPECT_LE(point.seconds, before);
    before = point.seconds;
    seconds += point.seconds;
    EXPECT_GT(point.intensity(), 0) << point.name;
    EXPECT_GT(point.rate(), 0) << point.name;
    EXPECT_THAT(point.name, Not(HasSubstr("reshape")));  // a view
  }
  EXPECT_LE(seconds, measured.steps.operation_seconds());
  // A name says no more than it must.
  EXPECT_NE(Find(points, "cross_entropy", Profile::Kind::kForward), nullptr);
  EXPECT_NE(Find(points, "linear decoder", Profile::Kind::kBackward), nullptr);
}

TEST(RoofPoints, WhatRunsAgainIsAPointOfItsOwn) {
  const Measured measured(RecomputeSegments());
  const std::vector<RoofPoint> points = RoofPoints(measured.step, measured.steps);
  const RoofPoint* const again = Find(points, "linear in [3, 22, 48]", Profile::Kind::kReplay);
  const RoofPoint* const first = Find(points, "linear in [3, 22, 48]", Profile::Kind::kForward);
  ASSERT_TRUE(again != nullptr && first != nullptr);
  EXPECT_EQ(again->intensity(), first->intensity());
}

TEST(Roof, TheLesserOfMemoryAndMultiplyAdds) {
  const MachinePeak machine = {.float32_flops = 100, .read_bytes = 10};
  EXPECT_EQ(Roof(machine, 2), 20);
  EXPECT_EQ(Roof(machine, 20), 100);
}

TEST(DrawRoofline, SaysUnitsRoofsAndPoints) {
  const std::string picture = Measured().Picture();
  for (const char* text :
       {"arithmetic intensity, FLOP/byte", ">GFLOP/s<", "with 1 thread<",
        "150.0 GFLOP/s of multiply-adds; memory, read: 25.0 GB/s",
        "second-level cache, read: 90.0 GB/s", ">forward<", ">backward<", ">linear decoder<",
        " more, not drawn<"}) {
    EXPECT_THAT(picture, HasSubstr(text));
  }
  EXPECT_THAT(picture, Not(HasSubstr("nan")));
  EXPECT_THAT(picture, Not(HasSubstr("inf")));
  EXPECT_THAT(picture, Not(HasSubstr(">run again<")));
}

// Points of one operation at the tiny model's sizes lie close together.
TEST(DrawRoofline, NumbersLieNotOnOneAnother) {
  const std::string picture = Measured().Picture();
  std::vector<Svg::Box> boxes;
  for (int number = 1;; ++number) {
    const std::string text = std::to_string(number);
    const size_t end = picture.find("text-anchor=\"middle\">" + text + "</text>",
                                    picture.find(">GFLOP/s</text>"));
    if (end == std::string::npos) break;
    const size_t begin = picture.rfind("<text", end);
    const auto value = [&](const std::string& key) {
      return std::stod(picture.substr(picture.find(key, begin) + key.size()));
    };
    const double width = Svg::TextWidth(text, 11);
    boxes.push_back({value("x=\"") - width / 2, value("y=\""), width, 11});
  }
  ASSERT_GT(boxes.size(), 10u);
  for (size_t i = 0; i < boxes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(boxes[i].x >= boxes[j].x + boxes[j].width ||
                  boxes[j].x >= boxes[i].x + boxes[i].width ||
                  std::abs(boxes[i].y - boxes[j].y) >= 11)
          << i + 1 << " and " << j + 1;
    }
  }
}

}  // namespace
}  // namespace hairpin
