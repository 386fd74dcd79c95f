// What a drawing of a graph (graph_drawing.h) says of sizes, shapes and operations:
// Bytes(1536) is "1.5 kB".
#ifndef HAIRPIN_TOOLS_ANALYSIS_GRAPH_WORDS_H_
#define HAIRPIN_TOOLS_ANALYSIS_GRAPH_WORDS_H_

#include <cstdint>
#include <string>

#include "autograd/recording.h"

namespace hairpin {

// "448 B", "1.5 kB", "6 MB": in powers of 1024.
std::string Bytes(int64_t bytes);
// "512", "73.1 M": in powers of 1000.
std::string Flops(int64_t count);
// "[3, 2]", "float64 [3, 2] of [5, 2]": with the type where it is not float32, and the
// bound where the shape depends on the data.
std::string ShapeText(const ValueView& value);
// "encoder.0.norm: layer_norm", as markup.
std::string CallText(const NodeView& node);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_GRAPH_WORDS_H_
