// Graphviz's layout of a graph, as SVG.
//
//   absl::StatusOr<std::string> svg = SvgOfDot("digraph { a -> b; }");
//
// The layout is `dot`, and widths of text are Graphviz's own estimates: no fonts
// and no configuration are read. Its time grows fast: a second at 400 nodes, half a
// minute at 800.
#ifndef HAIRPIN_TOOLS_TRAINING_GRAPHVIZ_H_
#define HAIRPIN_TOOLS_TRAINING_GRAPHVIZ_H_

#include <string>

#include "absl/status/statusor.h"

namespace hairpin {

inline constexpr int kMostSvgNodes = 600;

// ResourceExhausted where there are more nodes; InvalidArgument with
// Graphviz's message where `dot` is no graph in its language or cannot be laid out. Not for several threads at a time.
absl::StatusOr<std::string> SvgOfDot(const std::string& dot);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_GRAPHVIZ_H_
