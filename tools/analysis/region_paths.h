// The names of a recording's Regions (autograd/recording.h).
#ifndef HAIRPIN_TOOLS_ANALYSIS_REGION_PATHS_H_
#define HAIRPIN_TOOLS_ANALYSIS_REGION_PATHS_H_

#include <string>
#include <vector>

#include "autograd/recording.h"

namespace hairpin {

// By NodeView::region: the path that the scopes of the region's operations have in
// common, "encoder.0". Of 0, no region, "".
std::vector<std::string> RegionPaths(const Recording& recording);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_REGION_PATHS_H_
