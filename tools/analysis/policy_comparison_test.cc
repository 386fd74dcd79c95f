#include "tools/analysis/policy_comparison.h"

#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/analysis/svg.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PolicyComparison, EveryPolicyInItsOrder) {
  const auto rows = ComparePolicies(TinyStepSettings(), TinyStepConfig(), /*rounds=*/0);
  ASSERT_TRUE(rows.ok());
  ASSERT_GE(rows->size(), 6u);
  EXPECT_EQ((*rows)[0].policy, "none");
  EXPECT_EQ((*rows)[1].policy, "cheap");
  EXPECT_EQ((*rows)[2].policy, "segments");
  EXPECT_EQ((*rows)[3].policy, "segments:auto");
  EXPECT_EQ((*rows)[4].policy, "budget:90%");
  const PolicyCost& none = rows->front().cost;
  EXPECT_EQ(none.replays, 0);
  const PolicyRow* before = &rows->front();
  for (size_t i = 0; i < rows->size(); ++i) {
    const PolicyRow& row = (*rows)[i];
    EXPECT_LE(row.cost.peak, none.peak) << row.policy;
    EXPECT_EQ(row.seconds, 0);
    if (i < 4) continue;
    // Less memory, more work.
    EXPECT_LE(row.cost.peak, before->cost.peak) << row.policy;
    EXPECT_GE(row.replayed_share, before->replayed_share) << row.policy;
    before = &row;
  }
  EXPECT_EQ(rows->back().policy, "budget:" + std::to_string(rows->back().cost.peak) + "B");
}

TEST(PolicyComparison, AsTextJsonAndPicture) {
  std::vector<PolicyRow> rows = {
      {.policy = "none", .cost = {.peak = 2 << 20, .kept = 1 << 20}},
      {.policy = "cheap",
       .cost = {.peak = 1 << 20, .kept = 1 << 19, .replays = 1234, .replay_flops = 7},
       .replayed_share = 0.125}};
  std::string text = PoliciesText(rows);
  EXPECT_THAT(
      text, HasSubstr("none                2.00    100 %     1.00          0         0.0 %\n"
                      "cheap               1.00     50 %     0.50      1,234        12.5 %\n"));
  EXPECT_THAT(text, Not(HasSubstr("medians")));
  EXPECT_THAT(text, Not(HasSubstr("ms")));
  EXPECT_EQ(PoliciesJson(rows)["policies"][1]["replays"], 1234);
  EXPECT_FALSE(PoliciesJson(rows)["policies"][1].contains("milliseconds"));
  EXPECT_THAT(DrawPolicies(rows), HasSubstr("FLOPs of a micro-batch"));

  rows[0].seconds = 0.010;
  rows[1].seconds = 0.011;
  text = PoliciesText(rows);
  EXPECT_THAT(text, HasSubstr("10.0    100 %"));
  EXPECT_THAT(text, HasSubstr("11.0    110 %"));
  EXPECT_EQ(PoliciesJson(rows)["policies"][1]["milliseconds"], 11);
  const std::string picture = DrawPolicies(rows);
  EXPECT_THAT(picture, HasSubstr("time of a micro-batch, measured"));
  EXPECT_THAT(picture, HasSubstr("cheap: 1.00 MB"));
}

// Two policies at one point, and a budget beside them.
TEST(PolicyComparison, LabelsLieNotOnOneAnother) {
  const PolicyCost low = {.peak = 1 << 20};
  const std::vector<PolicyRow> rows = {
      {.policy = "none", .cost = {.peak = 2 << 20}},
      {.policy = "cheap", .cost = low, .replayed_share = 0.3},
      {.policy = "segments", .cost = low, .replayed_share = 0.3},
      {.policy = "budget:1048576B", .cost = low, .replayed_share = 0.31}};
  const std::string picture = DrawPolicies(rows);
  std::vector<Svg::Box> boxes;
  for (const std::string name : {"cheap", "segments", "budget, least: 1.00 MB"}) {
    const size_t end = picture.find(">" + name + "<");
    ASSERT_NE(end, std::string::npos) << name;
    const size_t text = picture.rfind("<text", end);
    const auto number = [&](const std::string& key) {
      return std::stod(picture.substr(picture.find(key, text) + key.size()));
    };
    boxes.push_back({number("x=\""), number("y=\""), Svg::TextWidth(name, 12), 12});
  }
  for (size_t i = 0; i < boxes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(boxes[i].x >= boxes[j].x + boxes[j].width ||
                  boxes[j].x >= boxes[i].x + boxes[i].width ||
                  std::abs(boxes[i].y - boxes[j].y) >= 12)
          << i << " and " << j;
    }
  }
}

}  // namespace
}  // namespace hairpin
