// Median: the middle of several measurements.
#ifndef HAIRPIN_TOOLS_PEERS_MEDIAN_H_
#define HAIRPIN_TOOLS_PEERS_MEDIAN_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tensor/check.h"

namespace hairpin {

// The middle one, or the mean of the two in the middle. CHECKs that there is one.
inline double Median(std::vector<double> values) {
  HAIRPIN_CHECK(!values.empty()) << "Median: no value";
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_MEDIAN_H_
