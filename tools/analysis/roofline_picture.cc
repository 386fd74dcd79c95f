// DrawRoofline: the picture.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/label_places.h"
#include "tools/analysis/roofline.h"
#include "tools/analysis/svg.h"
#include "tools/analysis/svg_memory.h"

namespace hairpin {
namespace {

constexpr double kLeft = 70, kTop = 92, kWidth = 640, kHeight = 520;
constexpr double kTable = kLeft + kWidth + 50, kTableWidth = 580, kLine = 18;
constexpr double kSize = 11;  // of letters
constexpr size_t kListed = 24;
constexpr double kLeastShare = 0.002;  // of the time; what takes less is not drawn
constexpr char kMemoryColour[] = "#333", kCacheColour[] = "#999";

RunPhase PhaseOf(Profile::Kind kind) {
  if (kind == Profile::Kind::kForward) return RunPhase::kForward;
  return kind == Profile::Kind::kReplay ? RunPhase::kReplay : RunPhase::kBackward;
}

double Radius(double share) { return 60 * std::sqrt(share); }

// From a little below some values to a little above them, on pixels.
class LogAxis {
 public:
  LogAxis(double least, double most, double from, double to)
      : low_(least / 1.8), high_(most * 1.8), from_(from), to_(to) {}
  double At(double value) const {
    return from_ + (to_ - from_) * std::log(value / low_) / std::log(high_ / low_);
  }
  double low() const { return low_; }
  double high() const { return high_; }

  // draw(value, part) for each part = 1, 2, ... 9 times a power of ten.
  template <class Draw>
  void ForEachTick(const Draw& draw) const {
    for (double decade = std::pow(10, std::floor(std::log10(low_))); decade < high_;
         decade *= 10) {
      for (int part = 1; part < 10; ++part) {
        if (decade * part >= low_ && decade * part <= high_) draw(decade * part, part);
      }
    }
  }

 private:
  double low_, high_, from_, to_;
};

class RooflinePicture {
 public:
  explicit RooflinePicture(const AnalysisReport& report)
      : report_(report), points_(RoofPoints(report.step, *report.measured)) {
    for (const RoofPoint& point : points_) left_out_ += Share(point);
    const auto small = [&](const RoofPoint& point) { return Share(point) < kLeastShare; };
    num_points_ = points_.size();
    points_.erase(std::find_if(points_.begin(), points_.end(), small), points_.end());
    if (points_.size() > kListed) points_.resize(kListed);
    for (const RoofPoint& point : points_) left_out_ -= Share(point);
  }

  std::string Draw() const {
    Svg svg(kTable + kTableWidth, kTop + std::max(kHeight + 70, kLine * (kListed + 3)));
    const MachinePeak& machine = report_.machine;
    double least_x = 1, most_x = machine.float32_flops / machine.read_bytes;
    double least_y = machine.float32_flops;
    for (const RoofPoint& point : points_) {
      least_x = std::min(least_x, point.intensity());
      most_x = std::max(most_x, point.intensity());
      least_y = std::min(least_y, point.rate());
    }
    const LogAxis x(least_x, most_x, kLeft, kLeft + kWidth);
    const LogAxis y(least_y / 1e9, machine.float32_flops / 1e9, kTop + kHeight, kTop);
    DrawHead(&svg);
    DrawAxes(x, y, &svg);
    LabelPlaces places;
    DrawRoof(machine.cache_bytes / 1e9, kCacheColour, true, x, y, &places, &svg);
    DrawRoof(machine.read_bytes / 1e9, kMemoryColour, false, x, y, &places, &svg);
    DrawPoints(x, y, &places, &svg);
    DrawTable(&svg);
    return svg.Finish();
  }

 private:
  double Share(const RoofPoint& point) const { return point.seconds / report_.measured->seconds; }

  void DrawHead(Svg* svg) const {
    const MachinePeak& machine = report_.machine;
    svg->Text({kLeft, 26},
              absl::StrFormat("Roofline: operations of a step of %.1f ms with %d %s",
                              1e3 * report_.measured->seconds / report_.measured->steps,
                              machine.threads, machine.threads == 1 ? "thread" : "threads"),
              {.size = 16, .bold = true});
    double key_x = kLeft;
    const auto line_key = [&](const char* colour, bool dashed, const std::string& text) {
      svg->Line({key_x, 48}, {key_x + 28, 48}, colour, 2, dashed);
      svg->Text({key_x + 34, 52}, text);
      key_x += 60 + Svg::TextWidth(text, 12);
    };
    line_key(kMemoryColour, false,
             absl::StrFormat("%.1f GFLOP/s of multiply-adds; memory, read: %.1f GB/s",
                             machine.float32_flops / 1e9, machine.read_bytes / 1e9));
    line_key(kCacheColour, true,
             absl::StrFormat("second-level cache, read: %.1f GB/s", machine.cache_bytes / 1e9));
    key_x = kLeft;
    for (const RunPhase phase : {RunPhase::kForward, RunPhase::kReplay, RunPhase::kBackward}) {
      const auto of_phase = [&](const RoofPoint& point) { return PhaseOf(point.kind) == phase; };
      if (std::none_of(points_.begin(), points_.end(), of_phase)) continue;
      svg->Circle({key_x + 6, 70}, 6, ColourOf(phase));
      svg->Text({key_x + 18, 74}, TextOf(phase));
      key_x += 110;
    }
    svg->Circle({key_x + Radius(0.02), 70}, Radius(0.02), "#888");
    svg->Text({key_x + 2 * Radius(0.02) + 6, 74}, "an area of 2 % of the step's time");
  }

  static void DrawAxes(const LogAxis& x, const LogAxis& y, Svg* svg) {
    const double bottom = kTop + kHeight, right = kLeft + kWidth;
    x.ForEachTick([&](double value, int part) {
      svg->Line({x.At(value), kTop}, {x.At(value), bottom}, part == 1 ? "#ccc" : "#f0f0f0");
      if (part != 1 && part != 2 && part != 5) return;
      svg->Text({x.At(value), bottom + 18}, absl::StrFormat("%g", value),
                {.anchor = Svg::Anchor::kMiddle});
    });
    y.ForEachTick([&](double value, int part) {
      svg->Line({kLeft, y.At(value)}, {right, y.At(value)}, part == 1 ? "#ccc" : "#f0f0f0");
      if (part != 1 && part != 2 && part != 5) return;
      svg->Text({kLeft - 8, y.At(value) + 4}, absl::StrFormat("%g", value),
                {.anchor = Svg::Anchor::kEnd});
    });
    svg->Text({kLeft + kWidth / 2, bottom + 42}, "arithmetic intensity, FLOP/byte",
              {.anchor = Svg::Anchor::kMiddle});
    svg->Text({20, kTop + kHeight / 2}, "GFLOP/s",
              {.anchor = Svg::Anchor::kMiddle, .turned = -90});
  }

  // Slanted by `bandwidth`, in 1e9 bytes a second, up to the peak and flat from there.
  void DrawRoof(double bandwidth, const char* colour, bool dashed, const LogAxis& x,
                const LogAxis& y, LabelPlaces* places, Svg* svg) const {
    const double peak = report_.machine.float32_flops / 1e9;
    const double first = std::max(x.low(), y.low() / bandwidth);
    const double ridge = std::max(peak / bandwidth, x.low());
    const Svg::Point left = {x.At(first), y.At(std::min(peak, first * bandwidth))};
    const Svg::Point edge = {x.At(ridge), y.At(peak)}, right = {x.At(x.high()), y.At(peak)};
    svg->Line(left, edge, colour, 2, dashed);
    svg->Line(edge, right, colour, 2, dashed);
    places->AvoidLine(left, edge);
    places->AvoidLine(edge, right);
  }

  void DrawPoints(const LogAxis& x, const LogAxis& y, LabelPlaces* places, Svg* svg) const {
    const auto centre = [&](const RoofPoint& point) {
      return Svg::Point{x.At(point.intensity()), y.At(point.rate() / 1e9)};
    };
    for (const RoofPoint& point : points_) {
      const Svg::Point at = centre(point);
      const double r = Radius(Share(point));
      svg->Circle(at, r, ColourOf(PhaseOf(point.kind)),
                  absl::StrFormat("%s, %s: %.1f %% of the time, %.0f %% of the roof", point.name,
                                  TextOf(PhaseOf(point.kind)), 100 * Share(point),
                                  100 * point.rate() / Roof(report_.machine, point.intensity())));
      places->Avoid({at.x - 0.7 * r, at.y - 0.7 * r, 1.4 * r, 1.4 * r}, 3);
    }
    int number = 0;
    for (const RoofPoint& point : points_) {
      const std::string text = absl::StrCat(++number);
      const Svg::Point at = centre(point);
      const double r = Radius(Share(point)), width = Svg::TextWidth(text, kSize) + 2;
      const auto around = [&](double dx, double dy) {
        return Svg::Box{at.x + dx - width / 2, at.y + dy - kSize / 2 - 1, width, kSize + 2};
      };
      std::vector<LabelPlaces::Candidate> candidates;
      if (r >= 9) candidates.push_back({around(0, 0), -3});
      for (double away = 9; away < 60; away += 6) {
        for (int turn = 0; turn < 16; ++turn) {
          const double angle = turn * std::acos(-1.0) / 8;
          const double far = r + away;
          candidates.push_back({around(far * std::cos(angle), far * std::sin(angle)), away / 9});
        }
      }
      const Svg::Box box = places->Place(candidates);
      const Svg::Point middle = {box.x + box.width / 2, box.y + box.height / 2};
      const double far = std::hypot(middle.x - at.x, middle.y - at.y);
      if (far > r + 14) {  // a line from the circle's edge to the number's
        const double from = r / far, to = (far - 7) / far;
        svg->Line({at.x + from * (middle.x - at.x), at.y + from * (middle.y - at.y)},
                  {at.x + to * (middle.x - at.x), at.y + to * (middle.y - at.y)}, "#555");
      }
      svg->Text({middle.x, middle.y + 4}, text, {.size = kSize, .anchor = Svg::Anchor::kMiddle});
    }
  }

  void DrawTable(Svg* svg) const {
    double y = kTop;
    const auto row = [&](const std::string& number, const std::string& name,
                         const std::vector<std::string>& cells, bool bold) {
      const Svg::TextStyle end = {.size = kSize, .anchor = Svg::Anchor::kEnd, .bold = bold};
      svg->Text({kTable, y + 4}, number, end);
      svg->Text({kTable + 26, y + 4}, name, {.size = kSize, .bold = bold});
      for (size_t i = 0; i < cells.size(); ++i) {
        svg->Text({kTable + 340 + 70 * static_cast<double>(i), y + 4}, cells[i], end);
      }
      y += kLine;
    };
    row("", "operation", {"% of time", "FLOP/byte", "GFLOP/s", "% of roof"}, true);
    int number = 0;
    for (const RoofPoint& point : points_) {
      svg->Circle({kTable + 14, y}, 5, ColourOf(PhaseOf(point.kind)));
      row(absl::StrCat(++number), point.name,
          {absl::StrFormat("%.1f", 100 * Share(point)),
           absl::StrFormat("%.2f", point.intensity()),
           absl::StrFormat("%.1f", point.rate() / 1e9),
           absl::StrFormat("%.0f", 100 * point.rate() / Roof(report_.machine, point.intensity()))},
          false);
    }
    row("", absl::StrCat(num_points_ - points_.size(), " more, not drawn"),
        {absl::StrFormat("%.1f", 100 * left_out_)}, false);
    double others = 1 - left_out_;
    for (const RoofPoint& point : points_) others -= Share(point);
    row("", "outside of these", {absl::StrFormat("%.1f", 100 * others)}, false);
  }

  const AnalysisReport& report_;
  std::vector<RoofPoint> points_;
  size_t num_points_ = 0;
  double left_out_ = 0;
};

}  // namespace

std::string DrawRoofline(const AnalysisReport& report) { return RooflinePicture(report).Draw(); }

}  // namespace hairpin
