// Flags for programs that look at a model before it is trained: train_mlm's own
// for the model and its micro-batches, with their defaults and limits.
//
//   message DrawGraphFlags {            // tools/tools.proto
//     optional TrainMlmSettings model = 1;
//     optional string svg = 2;
//   }
//
//   DrawGraphFlags flags;
//   const std::vector<FlagSpec> table = WithModelFlags(kFlags);  // kFlags: svg
//   ... ParseFlags(table, argc, argv, &flags) ...
//   if (absl::Status s = ResolveSettings(flags.mutable_model()); !s.ok()) return s;
//   MlmDryStep dry(flags.model(), ConfigOf(flags.model(), flags.model().vocab_size()));
#ifndef HAIRPIN_TOOLS_ANALYSIS_MODEL_FLAGS_H_
#define HAIRPIN_TOOLS_ANALYSIS_MODEL_FLAGS_H_

#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "tools/training/flags.h"

namespace hairpin {

// `own`, then the rows of TrainMlmFlags for preset, layers, hidden, heads,
// intermediate, seq_len, vocab_size, packing, micro_batch, mask_probability,
// dropout and those named in `more`, in that table's order.
std::vector<FlagSpec> WithModelFlags(absl::Span<const FlagSpec> own,
                                     absl::Span<const std::string_view> more = {});

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_MODEL_FLAGS_H_
