// DrawPolicies: the picture of a comparison of policies.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/label_places.h"
#include "tools/analysis/policy_comparison.h"
#include "tools/analysis/svg.h"

namespace hairpin {
namespace {

constexpr double kMb = 1 << 20;
constexpr double kSize = 12;  // of letters

double Mb(int64_t bytes) { return static_cast<double>(bytes) / kMb; }

// What a row costs beside "none": time if measured, else FLOPs of a micro-batch, of
// which forward is a third.
double Extra(const PolicyRow& row, const PolicyRow& none) {
  return none.seconds > 0 ? row.seconds / none.seconds - 1 : row.replayed_share / 3;
}

bool IsBudget(const PolicyRow& row) { return row.policy.rfind("budget:", 0) == 0; }

// "budget:4412345B" says little to an eye.
std::string Label(const PolicyRow& row) {
  if (!IsBudget(row) || row.policy.back() == '%') return row.policy;
  return absl::StrFormat("budget, least: %.2f MB", Mb(row.cost.peak));
}

// The box for the letters of `text`, which stand three pixels above its lower edge;
// with `above` rather over its point than under it.
Svg::Box PlaceBeside(const Svg::Point& point, const std::string& text, bool above,
                     LabelPlaces* places) {
  constexpr double kHeight = kSize + 2;
  const double width = Svg::TextWidth(text, kSize);
  std::vector<LabelPlaces::Candidate> candidates;
  for (const double away : {2.0, 8.0, 14.0, 20.0, 28.0, 36.0, 44.0}) {
    for (const double x : {point.x + 8, point.x - 8 - width}) {
      for (const double middle : {point.y - away, point.y + away}) {
        candidates.push_back({{x, middle - kHeight / 2, width, kHeight},
                              away + ((middle < point.y) == above ? 0 : 40)});
      }
    }
  }
  return places->Place(candidates);
}

}  // namespace

std::string DrawPolicies(const std::vector<PolicyRow>& rows) {
  constexpr double kLeft = 70, kTop = 60, kWidth = 620, kHeight = 320;
  Svg svg(kLeft + kWidth + 150, kTop + kHeight + 70);
  const PolicyRow& none = rows.front();
  double most = 0.1;
  for (const PolicyRow& row : rows) most = std::max(most, Extra(row, none));
  const double most_mb = Mb(none.cost.peak);
  const auto x = [&](double extra) {
    return kLeft + kWidth * std::max(extra, 0.0) / (most * 1.05);
  };
  const auto y = [&](double mb) { return kTop + kHeight * (1 - mb / (most_mb * 1.05)); };
  LabelPlaces labels;
  labels.Avoid({0, 0, kLeft, kTop + kHeight + 70}, 1000);  // the axes' numbers
  labels.Avoid({0, kTop + kHeight, kLeft + kWidth + 150, 70}, 1000);

  svg.Text({kLeft, 28}, "Memory against work, by policy of checkpointing",
           {.size = 16, .bold = true});
  for (int tick = 0; tick <= 100; tick += 20) {
    const double mb = most_mb * tick / 100;
    svg.Line({kLeft, y(mb)}, {kLeft + kWidth, y(mb)}, "#ddd");
    svg.Text({kLeft - 8, y(mb) + 4}, absl::StrFormat("%.1f", mb), {.anchor = Svg::Anchor::kEnd});
  }
  for (double extra = 0; extra <= most * 1.05; extra += 0.05) {
    svg.Line({x(extra), kTop + kHeight}, {x(extra), kTop + kHeight + 5}, "#888");
    svg.Text({x(extra), kTop + kHeight + 20}, absl::StrFormat("+%.0f %%", 100 * extra),
             {.anchor = Svg::Anchor::kMiddle});
  }
  svg.Text({kLeft + kWidth / 2, kTop + kHeight + 48},
           none.seconds > 0 ? "time of a micro-batch, measured" : "FLOPs of a micro-batch",
           {.anchor = Svg::Anchor::kMiddle});
  svg.Text({18, kTop + kHeight / 2}, "peak of activations and workspace, MB",
           {.anchor = Svg::Anchor::kMiddle, .turned = -90});
  // The planner's curve, from "none" over the budgets.
  Svg::Point last = {x(0), y(most_mb)};
  for (const PolicyRow& row : rows) {
    const Svg::Point point = {x(Extra(row, none)), y(Mb(row.cost.peak))};
    labels.Avoid({point.x - 5, point.y - 5, 10, 10});
    if (!IsBudget(row)) continue;
    svg.Line(last, point, "#4c78a8", 1.5);
    labels.AvoidLine(last, point);
    last = point;
  }
  for (const PolicyRow& row : rows) {
    const Svg::Point point = {x(Extra(row, none)), y(Mb(row.cost.peak))};
    svg.Rectangle({point.x - 4, point.y - 4, 8, 8}, IsBudget(row) ? "#4c78a8" : "#c8443d",
                  absl::StrFormat("%s: %.2f MB", row.policy, Mb(row.cost.peak)));
    const Svg::Box box = PlaceBeside(point, Label(row), IsBudget(row), &labels);
    svg.Rectangle(box, "#fff");  // no line of the grid runs through letters
    svg.Text({box.x, box.y + box.height - 3}, Label(row), {.size = kSize});
  }
  return svg.Finish();
}

}  // namespace hairpin
