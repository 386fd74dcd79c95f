// Text inside of markup: XML, SVG, Graphviz's labels.
//
//   "<text>" + EscapeMarkup(name) + "</text>"
#ifndef HAIRPIN_TOOLS_ANALYSIS_MARKUP_H_
#define HAIRPIN_TOOLS_ANALYSIS_MARKUP_H_

#include <string>
#include <string_view>

namespace hairpin {

// &, <, > and double quotes as XML wants them. Bytes that no XML document may hold
// become "?".
std::string EscapeMarkup(std::string_view text);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_MARKUP_H_
