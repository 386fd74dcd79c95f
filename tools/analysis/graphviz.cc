#include "tools/analysis/graphviz.h"

#include <memory>

#include <graphviz/gvc.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

// What a plugin's library exports.
extern "C" gvplugin_library_t gvplugin_core_LTX_library;
extern "C" gvplugin_library_t gvplugin_dot_layout_LTX_library;

// For LeakSanitizer: layouts of Graphviz 2.42 keep some memory for good.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libgvc.so\nleak:libcgraph.so\n";
}
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }

namespace hairpin {
namespace {

std::string messages;  // of the call that runs

int AddMessage(char* text) {
  messages += text;
  return 0;
}

}  // namespace

absl::StatusOr<std::string> SvgOfDot(const std::string& dot) {
  messages.clear();
  agseterrf(AddMessage);
  // Named here and not searched for: a search would also find plugins that measure text with the
  // machine's fonts.
  const lt_symlist_t plugins[] = {
      {"gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library},
      {"gvplugin_core_LTX_library", &gvplugin_core_LTX_library},
      {nullptr, nullptr}};
  const std::unique_ptr<GVC_t, int (*)(GVC_t*)> context(
      gvContextPlugins(plugins, /*demand_loading=*/0), gvFreeContext);
  const std::unique_ptr<Agraph_t, int (*)(Agraph_t*)> graph(agmemread(dot.c_str()), agclose);
  if (graph != nullptr && agnnodes(graph.get()) > kMostSvgNodes) {
    return absl::ResourceExhaustedError(absl::StrCat("found a graph of ", agnnodes(graph.get()),
                                                     " nodes, expected at most ", kMostSvgNodes));
  }
  char* data = nullptr;
  unsigned length = 0;
  std::string svg;
  if (graph != nullptr && gvLayout(context.get(), graph.get(), "dot") == 0) {
    if (gvRenderData(context.get(), graph.get(), "svg", &data, &length) == 0) {
      svg.assign(data, length);
      gvFreeRenderData(data);
    }
    gvFreeLayout(context.get(), graph.get());
  }
  if (svg.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("found ", messages, ", expected a graph that Graphviz can draw"));
  }
  return svg;
}

}  // namespace hairpin
