// Svg: a picture as text, drawn from back to front.
//
//   Svg svg(640, 200);
//   svg.Rectangle({10, 10, 300, 20}, "#4477aa", "linear: 3.1 ms");
//   svg.Text({10, 50}, "a < b", {.size = 14, .bold = true});
//   WriteFileAtomically(path, svg.Finish());
//
// Lengths are pixels, from the left and the top. Text is escaped; colours are
// given as SVG knows them and are not.
#ifndef HAIRPIN_TOOLS_ANALYSIS_SVG_H_
#define HAIRPIN_TOOLS_ANALYSIS_SVG_H_

#include <string>
#include <string_view>
#include <vector>

namespace hairpin {

class Svg {
 public:
  // On white.
  Svg(double width, double height);

  struct Point {
    double x = 0, y = 0;
  };
  struct Box {
    double x = 0, y = 0, width = 0, height = 0;
  };
  enum class Anchor { kStart, kMiddle, kEnd };
  struct TextStyle {
    double size = 12;
    Anchor anchor = Anchor::kStart;
    const char* colour = "#222";
    bool bold = false;
    double turned = 0;  // degrees clockwise around its place
  };

  // With `title`, what a browser shows when the mouse rests on it.
  void Rectangle(const Box& box, std::string_view colour, std::string_view title = "");
  void Line(const Point& from, const Point& to, std::string_view colour, double width = 1,
            bool dashed = false);
  // Closed and filled; fewer than three points draw nothing.
  void Polygon(const std::vector<Point>& points, std::string_view colour);
  // Half seen through, with an edge, so that circles on one another are still told apart.
  void Circle(const Point& centre, double radius, std::string_view colour,
              std::string_view title = "");
  // `place` is the anchor's point on the line that letters stand on.
  void Text(const Point& place, std::string_view text) { Text(place, text, TextStyle()); }
  void Text(const Point& place, std::string_view text, const TextStyle& style);

  // The whole file; what is drawn later is not in it.
  std::string Finish() const { return text_ + "</svg>\n"; }

  // Pixels that `text` takes at most, about: letters of a sans-serif font differ.
  static double TextWidth(std::string_view text, double size) {
    return 0.6 * size * static_cast<double>(text.size());
  }

 private:
  std::string text_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_SVG_H_
