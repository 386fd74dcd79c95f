// The graph of a recording as Graphviz text: operations in the boxes of their
// modules, shapes, FLOPs, parameters, and what is saved for backward.
//
//   MlmDryStep dry(settings, config, {.policy = &RecomputeAll()});
//   dry.Forward();
//   absl::StatusOr<std::string> dot =
//       DotText(dry.recording(), {.title = "Mini-BERT", .layer = "encoder.0"});
//   absl::StatusOr<std::string> svg = SvgOfDot(*dot);   // tools/analysis/graphviz.h
//
// Any recording, of any model, real or dry; between forward and backward, or
// nothing is saved any more. An operation has a row for each output and extra:
// plain, or "saved 384 kB" filled where the policy keeps it, or "dropped 384 kB"
// in a dashed frame where it does not. Operations that run again are coloured and say
// it, Regions have a thick frame. Views (reshape) are lines, no boxes: they share the
// memory of what they view, and its row says what is saved of either.
#ifndef HAIRPIN_TOOLS_ANALYSIS_GRAPH_DRAWING_H_
#define HAIRPIN_TOOLS_ANALYSIS_GRAPH_DRAWING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "autograd/recording.h"

namespace hairpin {

struct GraphDrawingOptions {
  std::string title = {};
  // The path of a module: only its operations, with what enters and leaves.
  // "": the whole graph.
  std::string layer = {};
  // By node, how often it runs again in backward, as a recording of the same graph has
  // counted: NodeView::replays. Empty: nothing does.
  std::vector<int64_t> replays = {};
};

// NotFound where nothing was recorded under the layer, naming those there are.
absl::StatusOr<std::string> DotText(const Recording& recording,
                                    const GraphDrawingOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_GRAPH_DRAWING_H_
