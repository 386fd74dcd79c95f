#include "tools/analysis/tensor_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hairpin {

TensorSummary Summarize(const Tensor& tensor) {
  std::vector<double> values = tensor.ToDoubles();
  TensorSummary summary;
  summary.not_finite = static_cast<int64_t>(
      std::erase_if(values, [](double value) { return !std::isfinite(value); }));
  if (values.empty()) {
    summary.mean = summary.deviation = summary.least = summary.most =
        std::numeric_limits<double>::quiet_NaN();
    return summary;
  }
  const double n = static_cast<double>(values.size());
  for (const double value : values) summary.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.deviation = std::sqrt(squares / n);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  summary.least = *least;
  summary.most = *most;
  return summary;
}

}  // namespace hairpin
