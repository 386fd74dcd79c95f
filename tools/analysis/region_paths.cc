#include "tools/analysis/region_paths.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hairpin {
namespace {

// "encoder.0" of "encoder.0.norm" and "encoder.0.output"; whole names only.
std::string_view Common(std::string_view a, std::string_view b) {
  size_t common = 0;  // up to the last name that both have
  for (size_t i = 0; i <= std::min(a.size(), b.size()); ++i) {
    const bool a_ends = i == a.size() || a[i] == '.', b_ends = i == b.size() || b[i] == '.';
    if (a_ends && b_ends) common = i;
    if (i == a.size() || i == b.size() || a[i] != b[i]) break;
  }
  return a.substr(0, common);
}

}  // namespace

std::vector<std::string> RegionPaths(const Recording& recording) {
  std::vector<std::optional<std::string_view>> paths(1, "");
  for (int64_t i = 0; i < recording.num_nodes(); ++i) {
    const NodeView node = recording.node(i);
    if (node.region == 0) continue;
    paths.resize(std::max<size_t>(paths.size(), node.region + 1));
    std::optional<std::string_view>& path = paths[node.region];
    path = path.has_value() ? Common(*path, node.scope) : node.scope;
  }
  std::vector<std::string> names;
  for (const auto& path : paths) names.emplace_back(path.value_or(""));
  return names;
}

}  // namespace hairpin
