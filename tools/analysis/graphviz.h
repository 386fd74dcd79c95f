// Graphviz's layout of a graph, as SVG.
//
//   absl::StatusOr<std::string> svg = SvgOfDot("digraph { a -> b; }");
//
// The layout is `dot`, and widths of text are Graphviz's own estimates: no fonts
// and no configuration are read. Its time grows fast: of a chain of
// encoder layers with 300, 400, 500 and 600 nodes it was 0.6, 2, 9 and 47 s.
#ifndef HAIRPIN_TOOLS_ANALYSIS_GRAPHVIZ_H_
#define HAIRPIN_TOOLS_ANALYSIS_GRAPHVIZ_H_

#include <string>

#include "absl/status/statusor.h"

namespace hairpin {

inline constexpr int kMostSvgNodes = 450;

// ResourceExhausted where there are more nodes; InvalidArgument with
// Graphviz's message where `dot` is no graph in its language or cannot be laid out. Not
// for several threads at a time.
absl::StatusOr<std::string> SvgOfDot(const std::string& dot);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_GRAPHVIZ_H_
