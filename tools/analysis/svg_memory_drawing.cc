#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/svg_memory.h"

namespace hairpin {
namespace {

constexpr double kLeft = 60, kRight = 20;
// From the top down: title, areas, strips, bands of layers, names of operations.
constexpr double kHead = 92, kPlot = 300, kStrip = 15, kBands = 22, kNames = 200;
constexpr double kWidest = 6000, kColumn = 11, kNarrowest = 8;  // narrower columns have no names
constexpr double kLine = 16;
constexpr size_t kListed = 24;
constexpr double kMb = 1 << 20;

std::string Mb(int64_t bytes) {
  return absl::StrFormat("%.2f MB", static_cast<double>(bytes) / kMb);
}

// "encoder.0" of "encoder.0.attention.query"; the group that a band names.
std::string GroupOf(const std::string& scope) {
  const std::string layer = LayerOf(scope);
  const size_t first = layer.find('.');
  if (first == std::string::npos) return layer;
  return layer.substr(0, layer.find('.', first + 1));
}

// What stands below a column: the scope without the band's name, and the operation.
std::string NameOf(const MemoryPicture::Column& column) {
  const std::string group = GroupOf(column.scope);
  std::string scope = column.scope;
  if (group.find('.') != std::string::npos) {
    scope.erase(0, std::min(scope.size(), group.size() + 1));
  }
  return scope.empty() ? column.name : absl::StrCat(scope, " ", column.name);
}

// 1, 2 or 5 times a power of ten, so that `most` has at most eight of them.
double TickOf(double most) {
  const double power = std::pow(10, std::floor(std::log10(most / 8)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power * 8 >= most) return factor * power;
  }
  return 10 * power;
}

}  // namespace

double MemoryPicture::ColumnWidth(double columns) {
  return std::min(std::max(kColumn, 940.0 / columns), (kWidest - kLeft - kRight) / columns);
}

double MemoryPicture::width() const {
  return kLeft + kRight + column_width_ * static_cast<double>(columns_.size());
}

double MemoryPicture::StripsHeight() const {
  return kStrip * static_cast<double>(std::count(strip_.begin(), strip_.end(), true));
}

double MemoryPicture::height() const {
  const auto lines = static_cast<double>((std::min(alive_.size(), kListed) + 1) / 2 + 1);
  return kHead + kPlot + StripsHeight() + kBands + kNames + kLine * (lines + 2);
}

// Columns are equally wide, and in each its changes are.
double MemoryPicture::X(int64_t change) const {
  const auto after = std::upper_bound(
      columns_.begin(), columns_.end(), change,
      [](int64_t c, const Column& column) { return c < column.begin; });
  const auto column = after == columns_.begin() ? after : after - 1;
  const double changes = static_cast<double>(std::max<int64_t>(column->end - column->begin, 1));
  return kLeft + column_width_ * (static_cast<double>(column - columns_.begin()) +
                                  static_cast<double>(change - column->begin) / changes);
}

void MemoryPicture::Draw(double top, Svg* svg) const {
  svg->Text({kLeft, top + 24},
            "Memory over one micro-batch and the update, in the order of operations",
            {.size = 15, .bold = true});
  double x = kLeft;
  for (const Purpose purpose : kAllPurposes) {
    if (strip_[static_cast<int>(purpose)]) continue;
    svg->Rectangle({x, top + 36, 11, 11}, ColourOf(purpose));
    svg->Text({x + 16, top + 46}, Name(purpose));
    x += 110;
  }
  for (const RunPhase phase : {RunPhase::kForward, RunPhase::kBackward, RunPhase::kReplay}) {
    if (!std::any_of(columns_.begin(), columns_.end(),
                     [&](const Column& column) { return column.phase == phase; })) {
      continue;
    }
    svg->Rectangle({x, top + 36, 18, 11}, ColourOf(phase));
    svg->Text({x + 23, top + 46}, TextOf(phase));
    x += 110;
  }
  DrawAxis(top, svg);
  DrawAreas(top, svg);
  DrawColumns(top, svg);
  DrawPeak(top, svg);
  DrawAlive(top + kHead + kPlot + StripsHeight() + kBands + kNames, svg);
}

void MemoryPicture::DrawAxis(double top, Svg* svg) const {
  const double most = static_cast<double>(most_) / kMb, tick = TickOf(most);
  for (double mb = 0; mb <= most; mb += tick) {
    const double y = top + kHead + kPlot * (1 - mb / most);
    svg->Line({kLeft - 4, y}, {width() - kRight, y}, "#ddd");
    svg->Text({kLeft - 8, y + 4}, absl::StrFormat("%g", mb),
              {.size = 11, .anchor = Svg::Anchor::kEnd});
  }
  svg->Text({kLeft - 8, top + kHead - 8}, "MB", {.size = 11, .anchor = Svg::Anchor::kEnd});
}

void MemoryPicture::DrawAreas(double top, Svg* svg) const {
  const double bottom = top + kHead + kPlot, right = width() - kRight;
  // From the top of the stack to its bottom, each down to the floor.
  for (int p = kNumPurposes - 1; p >= 0; --p) {
    if (strip_[p]) continue;
    const auto y = [&](const MemoryTimeline::Bytes& bytes) {
      return bottom - kPlot * static_cast<double>(Stacked(bytes, p)) / static_cast<double>(most_);
    };
    std::vector<Svg::Point> points = {{kLeft, bottom}, {kLeft, y(memory_.initial)}};
    for (size_t change = 0; change < memory_.changes.size(); ++change) {
      const double x = X(static_cast<int64_t>(change)), height = y(memory_.changes[change]);
      if (height == points.back().y) continue;
      points.push_back({x, points.back().y});
      points.push_back({x, height});
    }
    points.push_back({right, points.back().y});
    points.push_back({right, bottom});
    svg->Polygon(points, ColourOf(static_cast<Purpose>(p)));
  }
  double y = bottom;
  for (int p = kNumPurposes - 1; p >= 0; --p) {
    if (!strip_[p]) continue;
    const auto purpose = static_cast<Purpose>(p);
    svg->Rectangle({kLeft, y + 1, right - kLeft, kStrip - 1}, ColourOf(purpose));
    svg->Text({kLeft + 8, y + 12},
              absl::StrCat(Name(purpose), ", all the time: ", Mb(memory_.initial[p])),
              {.size = 11, .colour = "#fff", .bold = true});
    y += kStrip;
  }
}

// Names below the columns, bands for the layers below the plot, and where the way
// back begins.
void MemoryPicture::DrawColumns(double top, Svg* svg) const {
  const double bottom = top + kHead + kPlot + StripsHeight();
  double turn = -1;
  for (size_t first = 0; first < columns_.size();) {
    size_t end = first;
    const std::string group = GroupOf(columns_[first].scope);
    while (end < columns_.size() && GroupOf(columns_[end].scope) == group &&
           columns_[end].phase == columns_[first].phase) {
      ++end;
    }
    const double x = kLeft + column_width_ * static_cast<double>(first);
    const double band = column_width_ * static_cast<double>(end - first);
    const RunPhase phase = columns_[first].phase;
    if (phase != RunPhase::kForward && turn < 0) turn = x;
    svg->Rectangle({x + 0.5, bottom + 3, band - 1, kBands - 6}, ColourOf(phase),
                   absl::StrCat(group, ", ", TextOf(phase)));
    if (Svg::TextWidth(group, 10) < band) {
      svg->Text({x + band / 2, bottom + 15}, group,
                {.size = 10, .anchor = Svg::Anchor::kMiddle});
    }
    svg->Line({x, bottom}, {x, bottom + kBands}, "#666");
    first = end;
  }
  for (size_t i = 0; i < columns_.size() && column_width_ >= kNarrowest; ++i) {
    const double x = kLeft + column_width_ * (static_cast<double>(i) + 0.5);
    svg->Line({x, bottom + kBands - 2}, {x, bottom + kBands + 2}, "#666");
    svg->Text({x + 3, bottom + kBands + 5}, NameOf(columns_[i]),
              {.size = 8.5, .anchor = Svg::Anchor::kEnd, .turned = -90});
  }
  if (turn < 0) return;
  svg->Line({turn, top + kHead - 22}, {turn, top + kHead + kPlot}, "#222", 1, /*dashed=*/true);
  svg->Text({turn - 6, top + kHead - 12}, "forward",
            {.size = 12, .anchor = Svg::Anchor::kEnd, .bold = true});
  svg->Text({turn + 6, top + kHead - 12}, "backward", {.size = 12, .bold = true});
}

void MemoryPicture::DrawPeak(double top, Svg* svg) const {
  if (memory_.peak < 0) return;
  const double x = (X(memory_.peak) + X(memory_.peak + 1)) / 2, y = top + kHead;
  svg->Line({x, y - 4}, {x, y + kPlot}, "#a00", 1.5);
  svg->Polygon({{x, y}, {x - 5, y - 9}, {x + 5, y - 9}}, "#a00");
  const bool left = x > width() / 2;
  svg->Text({left ? x - 10 : x + 10, y - 27},
            absl::StrCat("peak: ", Mb(memory_.peak_total), " in all"),
            {.size = 12,
             .anchor = left ? Svg::Anchor::kEnd : Svg::Anchor::kStart,
             .colour = "#a00",
             .bold = true});
}

void MemoryPicture::DrawAlive(double top, Svg* svg) const {
  svg->Text({kLeft, top + kLine}, "Alive at the peak, by the operation that made it",
            {.bold = true});
  const size_t listed = std::min(alive_.size(), kListed), half = (listed + 1) / 2;
  const double column = std::max(440.0, (width() - kLeft - kRight) / 2);
  for (size_t i = 0; i < listed; ++i) {
    const double x = kLeft + (i < half ? 0 : column);
    const double y = top + kLine * static_cast<double>(2 + i % half);
    svg->Rectangle({x, y - 9, 10, 10}, ColourOf(alive_[i].purpose));
    svg->Text({x + 78, y}, Mb(alive_[i].bytes), {.size = 11, .anchor = Svg::Anchor::kEnd});
    svg->Text({x + 88, y}, alive_[i].origin, {.size = 11});
  }
  int64_t others = 0;
  for (size_t i = listed; i < alive_.size(); ++i) others += alive_[i].bytes;
  if (others == 0) return;
  svg->Text({kLeft, top + kLine * static_cast<double>(2 + half)},
            absl::StrCat(alive_.size() - listed, " others, ", Mb(others)), {.size = 11});
}

}  // namespace hairpin
