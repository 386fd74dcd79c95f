#include "tools/analysis/dot_writer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/analysis/markup.h"

namespace hairpin {
namespace {

// Every character of Courier, and of what stands in for it, is 0.6 of its size wide: boxes fit
// their text on machines with other fonts.
constexpr char kHead[] =
    "digraph recording {\n"
    "graph [fontname=\"Courier\" fontsize=12 labelloc=t labeljust=l ranksep=0.35 nodesep=0.25 "
    "style=\"filled,rounded\" color=\"#b8c0cc\"];\n"
    "node [shape=plain fontname=\"Courier\" fontsize=12 color=\"#8a94a3\"];\n"
    "edge [fontname=\"Courier\" fontsize=10 color=\"#5b6675\" arrowsize=0.7];\n";
constexpr const char* kBoxColors[] = {"#eceff3", "#f6f7f9"};  // by depth

std::string Line(const std::string& what, const std::string& attributes) {
  return absl::StrCat(what, attributes.empty() ? "" : absl::StrCat(" [", attributes, "]"), ";\n");
}

}  // namespace

std::string SmallText(std::string_view markup) {
  return absl::StrCat("<FONT POINT-SIZE=\"10\" COLOR=\"#555555\">", std::string(markup),
                      "</FONT>");
}

std::string PillAttributes(const char* color, std::string_view markup) {
  return absl::StrCat("shape=box style=\"filled,rounded\" fillcolor=\"", color, "\" label=<",
                      std::string(markup), ">");
}

bool IsInside(std::string_view path, std::string_view module) {
  return module.empty() || path == module ||
         (path.size() > module.size() && path.substr(0, module.size()) == module &&
          path[module.size()] == '.');
}

DotWriter::Box& DotWriter::BoxOf(std::string_view path, bool first) {
  Box* box = &root_;
  if (!layer_.empty()) path.remove_prefix(std::min(path.size(), layer_.size() + 1));
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    const auto found = std::find_if(box->boxes.begin(), box->boxes.end(), [&](const Box& other) {
      return other.name == name && (first || &other == box->newest);
    });
    Box* inner = found != box->boxes.end() ? &*found : &box->boxes.emplace_back();
    inner->name = std::string(name);
    if (!first) box->newest = inner;
    box = inner;
  }
  return *box;
}

void DotWriter::AddNode(std::string_view path, const std::string& id,
                        const std::string& attributes) {
  Box& box = BoxOf(path, /*first=*/false);
  box.newest = nullptr;
  box.lines.push_back(Line(id, attributes));
}

void DotWriter::AddSource(std::string_view path, const std::string& id,
                          const std::string& attributes) {
  if (!IsInside(path, layer_)) return AddOutside(id, attributes);
  BoxOf(path, /*first=*/true).lines.push_back(Line(id, attributes));
}

void DotWriter::AddOutside(const std::string& id, const std::string& attributes) {
  outside_.push_back(Line(id, attributes));
}

void DotWriter::AddEdge(const std::string& from, const std::string& to,
                        const std::string& attributes) {
  edges_.push_back(Line(absl::StrCat(from, " -> ", to), attributes));
}

void DotWriter::Append(const Box& box, const std::string& path, int depth, int* number,
                       std::string* text) const {
  if (depth > 0) {
    // A box has the frame of the one around it, unless it says otherwise.
    const auto is_region = [&](size_t size) { return regions_.count(path.substr(0, size)) > 0; };
    const char* frame = "";
    if (path.rfind('.') != std::string::npos && is_region(path.rfind('.'))) {
      frame = " color=\"#b8c0cc\"; penwidth=1;";
    }
    if (is_region(path.size())) frame = " color=\"#7a5195\"; penwidth=2;";
    absl::StrAppend(text, "subgraph cluster", (*number)++, " {\nlabel=<", EscapeMarkup(box.name),
                    ">; fillcolor=\"", kBoxColors[depth % 2], "\";", frame, "\n");
  }
  for (const std::string& line : box.lines) *text += line;
  for (const Box& inner : box.boxes) {
    Append(inner, path.empty() ? inner.name : absl::StrCat(path, ".", inner.name), depth + 1,
           number, text);
  }
  if (depth > 0) *text += "}\n";
}

std::string DotWriter::Text(const std::string& label) const {
  std::string text = absl::StrCat(kHead, "label=<", label, ">;\n");
  for (const std::string& line : outside_) text += line;
  Box outermost = root_;
  outermost.name = layer_;
  int number = 0;
  Append(outermost, layer_, /*depth=*/layer_.empty() ? 0 : 1, &number, &text);
  for (const std::string& line : edges_) text += line;
  return text + "}\n";
}

}  // namespace hairpin
