// The Highway target that kernels run on: which instructions this CPU gave us.
//
//   run_config.set_target(KernelTargetName());   // "AVX2"
//
// Bits are promised for one binary and one target only.
#ifndef HAIRPIN_OPS_KERNELS_TARGET_H_
#define HAIRPIN_OPS_KERNELS_TARGET_H_

#include <cstdint>

namespace hairpin {

// Highway's number (HWY_AVX2, ...) of the target that a dispatched call reaches.
int64_t KernelTarget();

// Its name, a string that lives forever.
const char* KernelTargetName();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_TARGET_H_
