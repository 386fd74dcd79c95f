// What a tensor's numbers are like, in one line of a table.
//
//   const TensorSummary summary = Summarize(tensor);
//   if (summary.not_finite > 0) ...
#ifndef HAIRPIN_TOOLS_ANALYSIS_TENSOR_SUMMARY_H_
#define HAIRPIN_TOOLS_ANALYSIS_TENSOR_SUMMARY_H_

#include <cstdint>

#include "tensor/tensor.h"

namespace hairpin {

// Of the finite elements, which one NaN or infinity among them would hide; NaN where
// there are none.
struct TensorSummary {
  double mean = 0, deviation = 0, least = 0, most = 0;
  int64_t not_finite = 0;  // elements that are NaN or infinite
};

TensorSummary Summarize(const Tensor& tensor);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_TENSOR_SUMMARY_H_
