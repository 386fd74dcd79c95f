// How much memory a training takes, known before any of it is allocated.
//
//   absl::Status status = PrepareMemory(settings, make_task, policy, "--width, --depth");
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_MEMORY_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_MEMORY_H_

#include <string>

#include "absl/status/status.h"
#include "autograd/policy.h"
#include "tensor/storage.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

// Bytes that training will have alive at its peak, by a dry recording of a step and of an
// evaluation at the largest sizes there can be: nothing is allocated for it. Some of it is taken
// for each thread, so SetNumThreads comes before.
Account PredictMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                      const SavedPolicy& policy = KeepAll());

// Tells Allocator::Default() what training will take, before it takes any. RESOURCE_EXHAUSTED,
// naming `flags`, which say how large all is, bytes needed and bytes that there are
// (tensor/memory_limit.h), where a step would not fit into memory.
absl::Status PrepareMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                           const SavedPolicy& policy, const std::string& flags);

// RESOURCE_EXHAUSTED, as above, where no policy would do: for a plan that is still to be made. What
// passes it has no value larger than the machine, so that planning can add bytes up.
absl::Status CheckLeastMemory(const TrainingSettings& settings, const TaskMaker& make_task,
                              const std::string& flags);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_MEMORY_H_
