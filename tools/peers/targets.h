// What is asked of the rows of the comparison, as docs/performance.md lists it.
//
//   comparison.rows.back().targets = TargetsOf("step", /*flagship=*/true);   // PyTorch: 1.8 times
#ifndef HAIRPIN_TOOLS_PEERS_TARGETS_H_
#define HAIRPIN_TOOLS_PEERS_TARGETS_H_

#include <string>
#include <vector>

#include "tools/peers/comparison.h"

namespace hairpin {

// Of the row of that name; none where nothing is asked. Some are asked of the flagship alone: none
// of these where the rows are about another model.
std::vector<Target> TargetsOf(const std::string& row, bool flagship);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_TARGETS_H_
