#include "tools/analysis/graph_drawing.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/analysis/dot_writer.h"
#include "tools/analysis/graph_words.h"
#include "tools/analysis/markup.h"
#include "tools/analysis/region_paths.h"

namespace hairpin {
namespace {

constexpr char kSaved[] = "BGCOLOR=\"#bcd9f5\"";
constexpr char kDropped[] = "STYLE=\"dashed\" COLOR=\"#c0392b\" BGCOLOR=\"#fdf3f1\"";
constexpr char kAgain[] = "BGCOLOR=\"#f8d39b\"";
constexpr char kParameterColor[] = "#e4efdc";
constexpr char kInputColor[] = "#fdf1cf";
constexpr char kGap[] = "  ";

// The path of what holds "encoder.0.norm.weight", and its name there.
std::pair<std::string_view, std::string_view> SplitPath(std::string_view path) {
  const size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

// What one piece of memory holds for backward, over all its views.
struct Memory {
  int64_t bytes = 0;
  bool saved = false, kept = false;
};

class Drawing {
 public:
  Drawing(const Recording& recording, const GraphDrawingOptions& options)
      : options_(options), writer_(options.layer) {
    for (int64_t i = 0; i < recording.num_nodes(); ++i) nodes_.push_back(recording.node(i));
    for (const std::string& path : RegionPaths(recording)) {
      if (!path.empty()) writer_.MarkRegion(path);
    }
    for (const NodeView& node : nodes_) {
      for (const ValueView& value : node.outputs) {
        Memory& memory = memory_[KeyOf(Viewed(value))];
        memory.bytes = std::max(memory.bytes, value.bound.bytes());
        memory.saved |= value.saves > 0;
        memory.kept |= value.saves > 0 && value.kept;
      }
    }
  }

  absl::StatusOr<std::string> Draw();

 private:
  using Key = std::pair<int64_t, int>;  // node and output
  static Key KeyOf(const ValueView& value) { return {value.node, value.output}; }

  // The value whose memory this one is.
  const ValueView& Viewed(const ValueView& value) const {
    const ValueView* viewed = &value;
    while (!viewed->input() && nodes_[viewed->node].op->is_view()) {
      viewed = &nodes_[viewed->node].inputs[0];
    }
    return *viewed;
  }
  bool Drawn(const NodeView& node) const {
    return !node.op->is_view() && IsInside(node.scope, options_.layer);
  }

  std::string Layers() const;
  void DrawNode(const NodeView& node);
  std::string ValueRow(const ValueView& value, bool extra) const;
  std::string DrawOrigin(const ValueView& value);
  void NoteReader(const NodeView& node);
  std::string Legend() const;

  const GraphDrawingOptions& options_;
  DotWriter writer_;
  std::vector<NodeView> nodes_;
  std::map<Key, Memory> memory_;
  std::set<std::string> origins_;        // that are drawn and no operations
  std::map<Key, std::string> leaving_;   // values that others read, and who
  bool any_parameter_ = false, any_input_ = false, any_region_ = false;
  int64_t kept_bytes_ = 0, dropped_bytes_ = 0, forward_flops_ = 0, backward_flops_ = 0;
  int64_t replays_ = 0, replay_flops_ = 0;
};

// Layers beside the one that is not there: those in the deepest module of its path that is.
std::string Drawing::Layers() const {
  std::string_view parent = options_.layer;
  std::vector<std::string> names;
  while (names.empty() && !parent.empty()) {
    parent = SplitPath(parent).first;
    for (const NodeView& node : nodes_) {
      const std::string_view scope = node.scope;
      if (!IsInside(scope, parent) || scope.size() <= parent.size()) continue;
      const std::string name(
          scope.substr(0, scope.find('.', parent.empty() ? 0 : parent.size() + 1)));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  constexpr size_t kMost = 20;
  const size_t all = names.size();
  names.resize(std::min(all, kMost));
  return absl::StrCat(absl::StrJoin(names, ", "),
                      all > kMost ? absl::StrCat(", ... (", all, " in all)") : "");
}

// A row of a table: what a value is, and what becomes of it until backward.
std::string Drawing::ValueRow(const ValueView& value, bool extra) const {
  const Memory& memory = memory_.at(KeyOf(value));
  std::string attributes, text;
  if (memory.saved) {
    attributes = absl::StrCat(" ", memory.kept ? kSaved : kDropped);
    text = absl::StrCat(kGap, memory.kept ? "saved " : "dropped ", Bytes(memory.bytes));
  }
  return absl::StrCat("<TR><TD PORT=\"v", value.output, "\"", attributes, ">",
                      extra ? "extra " : "", ShapeText(value), text, "</TD></TR>");
}

// Draws where a value comes from, if that is no operation of the picture; returns what lines start
// at: below an operation's box if the value's row is the lowest.
std::string Drawing::DrawOrigin(const ValueView& value) {
  if (value.input()) {
    const std::string id = absl::StrCat("i", value.output);
    const bool is_new = origins_.insert(id).second;
    if (value.parameter == nullptr) {
      any_input_ = true;
      if (is_new) {
        writer_.AddOutside(
            id, PillAttributes(kInputColor,
                               absl::StrCat("input ", value.output, "<BR/>", ShapeText(value))));
      }
    } else if (is_new) {
      any_parameter_ = true;
      const std::string& path = value.parameter->name();
      const auto [module, name] = SplitPath(path);
      const std::string shown(IsInside(module, options_.layer) ? name : path);
      writer_.AddSource(module, id,
                        PillAttributes(kParameterColor, absl::StrCat(EscapeMarkup(shown), "<BR/>",
                                                                     ShapeText(value))));
    }
    return id;
  }
  const NodeView& maker = nodes_[value.node];
  if (!Drawn(maker)) {
    const std::string id = absl::StrCat("from", value.node, "_", value.output);
    if (origins_.insert(id).second) {
      const std::string text =
          absl::StrCat(SmallText("from "), CallText(maker), "<BR/>", ShapeText(value));
      writer_.AddOutside(id, PillAttributes("white", text));
    }
    return id;
  }
  const int lowest = static_cast<int>(maker.outputs.size()) - maker.num_extras - 1;
  return absl::StrCat("n", value.node, ":v", value.output, value.output == lowest ? ":s" : "");
}

void Drawing::DrawNode(const NodeView& node) {
  std::string outputs, extras;
  const int num_outputs = static_cast<int>(node.outputs.size()) - node.num_extras;
  for (const ValueView& value : node.outputs) {
    const bool extra = value.output >= num_outputs;
    (extra ? extras : outputs) += ValueRow(value, extra);
    const Memory& memory = memory_.at(KeyOf(value));
    if (memory.saved) (memory.kept ? kept_bytes_ : dropped_bytes_) += memory.bytes;
  }
  forward_flops_ += node.cost.forward_flops;
  backward_flops_ += node.cost.backward_flops;
  any_region_ |= node.region != 0;
  const auto place = static_cast<size_t>(node.number);
  const int64_t replays = place < options_.replays.size() ? options_.replays[place] : 0;
  replays_ += replays;
  replay_flops_ += replays * node.cost.forward_flops;
  const std::string head = replays > 0 ? absl::StrCat(" ", kAgain) : "";
  const std::string id = absl::StrCat("n", node.number);
  writer_.AddNode(
      node.scope, id,
      absl::StrCat("label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" ",
                   "CELLPADDING=\"5\" BGCOLOR=\"white\" COLOR=\"#8a94a3\"><TR>",
                   "<TD SIDES=\"LTR\"", head, "><B>", EscapeMarkup(node.op->name()),
                   "</B></TD></TR><TR><TD SIDES=\"LRB\" CELLPADDING=\"3\"", head, ">",
                   SmallText(absl::StrCat(Flops(node.cost.forward_flops), " + ",
                                          Flops(node.cost.backward_flops), " FLOP",
                                          replays == 0  ? ""
                                          : replays > 1 ? absl::StrCat(", ", replays, "x again")
                                                        : ", again")),
                   "</TD></TR>", extras, outputs, "</TABLE>>"));
  // Parameters stand a row above the operation. Other lines leave them one, or the row would be the
  // one of the box above, and boxes would stand side by side.
  bool sources = false;
  for (const ValueView& input : node.inputs) sources |= Viewed(input).input();
  for (const ValueView& input : node.inputs) {
    const ValueView& viewed = Viewed(input);
    std::vector<std::string> attributes;
    if (sources && !viewed.input()) attributes.push_back("minlen=2");
    // A view on the way is seen by the shape that arrives.
    if (!(input.spec.shape == viewed.spec.shape)) {
      attributes.push_back(absl::StrCat("label=<", SmallText(ShapeText(input)), ">"));
    }
    writer_.AddEdge(DrawOrigin(viewed), id + ":n", absl::StrJoin(attributes, " "));
  }
}

void Drawing::NoteReader(const NodeView& node) {
  for (const ValueView& input : node.inputs) {
    const ValueView& viewed = Viewed(input);
    if (viewed.input() || !Drawn(nodes_[viewed.node])) continue;
    std::string& readers = leaving_[KeyOf(viewed)];
    absl::StrAppend(&readers, readers.empty() ? "" : "<BR/>", SmallText("to "), CallText(node));
  }
}

std::string Drawing::Legend() const {
  const auto row = [](const std::string& attributes, const std::string& sample,
                      const std::string& text) {
    const char* const border =
        absl::StrContains(attributes, "BORDER") ? "" : "BORDER=\"1\" ";
    return absl::StrCat("<TR><TD ", border, attributes, ">", sample,
                        "</TD><TD ALIGN=\"LEFT\">", text, "</TD></TR>");
  };
  const auto color = [](const char* value) { return absl::StrCat("BGCOLOR=\"", value, "\""); };
  std::string legend = absl::StrCat(
      "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"3\" CELLPADDING=\"3\" COLOR=\"#8a94a3\">",
      "<TR><TD COLSPAN=\"2\" ALIGN=\"LEFT\"><FONT POINT-SIZE=\"16\"><B>",
      EscapeMarkup(options_.title), "</B></FONT></TD></TR>",
      row("", "<B>operation</B>",
          absl::StrCat("FLOP forward + backward: ", Flops(forward_flops_), " + ",
                       Flops(backward_flops_))));
  if (kept_bytes_ > 0) {
    legend += row(kSaved, absl::StrCat("[shape]", kGap, "saved"),
                  absl::StrCat("kept for backward: ", Bytes(kept_bytes_)));
  }
  if (dropped_bytes_ > 0) {
    legend += row(kDropped, absl::StrCat("[shape]", kGap, "dropped"),
                  absl::StrCat("made again in backward: ", Bytes(dropped_bytes_)));
  }
  if (replays_ > 0) {
    legend += row(kAgain, "<B>operation</B>",
                  absl::StrCat("runs again in backward: ", replays_, ", ", Flops(replay_flops_),
                               " FLOP"));
  }
  if (any_region_) {
    legend += row("COLOR=\"#7a5195\" BORDER=\"2\"", "module",
                  "a region: what --checkpointing=segments runs again as one");
  }
  if (any_parameter_) legend += row(color(kParameterColor), "parameter", "always there");
  if (any_input_) legend += row(color(kInputColor), "input", "always there");
  return absl::StrCat(legend, "<TR><TD></TD><TD ALIGN=\"LEFT\">1 kB is 1024 bytes; a shape on a ",
                      "line is a view</TD></TR></TABLE>");
}

absl::StatusOr<std::string> Drawing::Draw() {
  bool any = options_.layer.empty();
  for (const NodeView& node : nodes_) {
    if (!Drawn(node)) continue;
    any = true;
    DrawNode(node);
  }
  if (!any) {
    return absl::NotFoundError(absl::StrCat("found '", options_.layer,
                                            "', expected a layer of the graph: ", Layers()));
  }
  for (const NodeView& node : nodes_) {
    if (!Drawn(node) && !node.op->is_view()) NoteReader(node);
  }
  for (const auto& [key, readers] : leaving_) {
    const std::string id = absl::StrCat("to", key.first, "_", key.second);
    writer_.AddOutside(id, PillAttributes("white", readers));
    writer_.AddEdge(DrawOrigin(nodes_[key.first].outputs[key.second]), id, "");
  }
  return writer_.Text(Legend());
}

}  // namespace

absl::StatusOr<std::string> DotText(const Recording& recording,
                                    const GraphDrawingOptions& options) {
  return Drawing(recording, options).Draw();
}

}  // namespace hairpin
