// A table of a model's layers: operations, output, parameters, and bytes kept for backward. From a
// recording that may be dry, so that no number of the model need exist.
//
//   Allocator dry(Allocator::Kind::kDry);
//   MyModel model({.allocator = &dry});                          // any nn::Module
//   Recording recording({.allocator = &dry});
//   const Variable y = model.Forward(recording.Constant(
//       Tensor::Empty({DType::kFloat32, {32, 1, 28, 28}}, Purpose::kActivation, dry)));
//   std::fputs(ModelSummary(LayersOf(recording)).c_str(), stdout);
//
//   layer  operations                    output                   parameters  kept bytes
//   conv1  conv2d, relu                  float32 [32, 6, 28, 28]         156     602,112
//   ...
//
// A layer is a scope: a module that enters one (nn::Module::EnterScope), what it records itself
// being one line and each module in it another. Training programs print it with --summary.
#ifndef HAIRPIN_TOOLS_ANALYSIS_MODEL_SUMMARY_H_
#define HAIRPIN_TOOLS_ANALYSIS_MODEL_SUMMARY_H_

#include <string>
#include <vector>

#include "tools/analysis/step_analysis.h"

namespace hairpin {

// A line for each scope, in the order in which they are first met, and one for all together. A
// parameter counts where it is first read.
std::string ModelSummary(const std::vector<LayerRow>& layers);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_MODEL_SUMMARY_H_
