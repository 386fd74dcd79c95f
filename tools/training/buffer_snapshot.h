// BufferSnapshot: a model's buffers as they were when a step began.
//
//   BufferSnapshot buffers(model);
//   buffers.Take();
//   ...                  // forwards, which move running statistics
//   buffers.Restore();   // the step is dropped: nothing of it is left
//
// Parameters need none: nothing changes them before the optimizer does.
#ifndef HAIRPIN_TOOLS_TRAINING_BUFFER_SNAPSHOT_H_
#define HAIRPIN_TOOLS_TRAINING_BUFFER_SNAPSHOT_H_

#include <cstddef>
#include <vector>

#include "nn/module.h"
#include "tensor/tensor.h"

namespace hairpin {

class BufferSnapshot {
 public:
  // The model must outlive it. As much memory as its buffers have.
  explicit BufferSnapshot(nn::Module& model);

  // Neither allocates.
  void Take();
  void Restore();

 private:
  struct Copy {
    Tensor buffer;  // a handle on the model's own
    std::vector<std::byte> bytes;
  };
  std::vector<Copy> copies_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_BUFFER_SNAPSHOT_H_
