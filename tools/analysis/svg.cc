#include "tools/analysis/svg.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/markup.h"

namespace hairpin {
namespace {

// A tenth of a pixel is enough.
std::string Number(double value) {
  std::string text = absl::StrFormat("%.1f", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

// absl's string_view is a type of its own in some releases.
std::string Quoted(std::string_view name, std::string_view value) {
  return std::string(" ").append(name).append("=\"").append(value).append("\"");
}
std::string Quoted(std::string_view name, double value) { return Quoted(name, Number(value)); }

// Ends an element, with what it says under the mouse if that is something.
std::string EndOf(std::string_view element, std::string_view title) {
  if (title.empty()) return "/>\n";
  return absl::StrCat("><title>", EscapeMarkup(title), "</title></", std::string(element), ">\n");
}

}  // namespace

Svg::Svg(double width, double height) {
  absl::StrAppend(&text_, "<svg xmlns=\"http://www.w3.org/2000/svg\"", Quoted("width", width),
                  Quoted("height", height),
                  Quoted("viewBox", absl::StrCat("0 0 ", Number(width), " ", Number(height))),
                  Quoted("font-family", "DejaVu Sans, Verdana, sans-serif"), ">\n");
  Rectangle({0, 0, width, height}, "#fff");
}

void Svg::Rectangle(const Box& box, std::string_view colour, std::string_view title) {
  absl::StrAppend(&text_, "<rect", Quoted("x", box.x), Quoted("y", box.y),
                  Quoted("width", box.width), Quoted("height", box.height),
                  Quoted("fill", colour), EndOf("rect", title));
}

void Svg::Line(const Point& from, const Point& to, std::string_view colour, double width,
               bool dashed) {
  absl::StrAppend(&text_, "<line", Quoted("x1", from.x), Quoted("y1", from.y),
                  Quoted("x2", to.x), Quoted("y2", to.y), Quoted("stroke", colour),
                  Quoted("stroke-width", width),
                  dashed ? Quoted("stroke-dasharray", "4 3") : std::string(), "/>\n");
}

void Svg::Polygon(const std::vector<Point>& points, std::string_view colour) {
  if (points.size() < 3) return;
  std::string list;
  for (const Point& point : points) {
    absl::StrAppend(&list, list.empty() ? "" : " ", Number(point.x), ",", Number(point.y));
  }
  absl::StrAppend(&text_, "<polygon", Quoted("points", list), Quoted("fill", colour), "/>\n");
}

void Svg::Circle(const Point& centre, double radius, std::string_view colour,
                 std::string_view title) {
  absl::StrAppend(&text_, "<circle", Quoted("cx", centre.x), Quoted("cy", centre.y),
                  Quoted("r", radius), Quoted("fill", colour), Quoted("fill-opacity", "0.7"),
                  Quoted("stroke", "#555"), EndOf("circle", title));
}

void Svg::Text(const Point& place, std::string_view text, const TextStyle& style) {
  absl::StrAppend(&text_, "<text", Quoted("x", place.x), Quoted("y", place.y),
                  Quoted("font-size", style.size), Quoted("fill", style.colour));
  if (style.anchor != Anchor::kStart) {
    text_ += Quoted("text-anchor", style.anchor == Anchor::kMiddle ? "middle" : "end");
  }
  if (style.bold) text_ += Quoted("font-weight", "bold");
  if (style.turned != 0) {
    text_ += Quoted("transform", absl::StrCat("rotate(", Number(style.turned), " ",
                                              Number(place.x), " ", Number(place.y), ")"));
  }
  absl::StrAppend(&text_, ">", EscapeMarkup(text), "</text>\n");
}

}  // namespace hairpin
