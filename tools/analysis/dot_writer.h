// DotWriter: Graphviz text of a graph whose nodes stand in the boxes of their
// modules. What the drawing of a recording is written with.
//
//   DotWriter writer;
//   writer.AddNode("encoder.0.norm", "n3", "shape=box label=<layer_norm>");
//   writer.AddEdge("n2", "n3", "");
//   writer.Text("graph", "<B>title</B>");
#ifndef HAIRPIN_TOOLS_ANALYSIS_DOT_WRITER_H_
#define HAIRPIN_TOOLS_ANALYSIS_DOT_WRITER_H_

#include <list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hairpin {

// Markup of small grey text.
std::string SmallText(std::string_view markup);

// Attributes of a node that is a rounded box with one label.
std::string PillAttributes(const char* color, std::string_view markup);

// Whether `path` is `module` or stands inside of it; all stand inside of "".
bool IsInside(std::string_view path, std::string_view module);

class DotWriter {
 public:
  // `layer`: the module whose box is the outermost; "" for none.
  explicit DotWriter(std::string layer = "") : layer_(std::move(layer)) {}

  // A node in the box of the module with this path. A module that comes again
  // after others of its parent gets a second box, so that a picture stays in
  // order: one box for both would tie a knot.
  void AddNode(std::string_view path, const std::string& id, const std::string& attributes);
  // A node in the first box of the module, in whatever order.
  void AddSource(std::string_view path, const std::string& id, const std::string& attributes);
  // The box of the module with this path gets a thick frame of a colour of its own.
  void MarkRegion(std::string path) { regions_.insert(std::move(path)); }
  // A node in no box.
  void AddOutside(const std::string& id, const std::string& attributes);
  void AddEdge(const std::string& from, const std::string& to, const std::string& attributes);

  // The whole graph, with the label (markup) at its upper left.
  std::string Text(const std::string& label) const;

 private:
  struct Box {
    std::string name;
    std::vector<std::string> lines;
    std::list<Box> boxes;
    const Box* newest = nullptr;  // of `boxes`, unless a node came after it
  };

  Box& BoxOf(std::string_view path, bool first);
  void Append(const Box& box, const std::string& path, int depth, int* number,
              std::string* text) const;

  const std::string layer_;
  std::set<std::string> regions_;
  Box root_;
  std::vector<std::string> outside_, edges_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_DOT_WRITER_H_
