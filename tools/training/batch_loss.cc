#include "tools/training/batch_loss.h"

#include <cstring>
#include <span>
#include <utility>

namespace hairpin {
namespace {

// The batch's numbers as tensors of the recording. Sizes that depend on the data
// are allocated at their bound, so that steady state finds the same memory.
Tensor CopyIds(std::span<const int32_t> ids, const Shape& shape, int64_t bound) {
  Tensor tensor =
      Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, Allocator::Default(),
                    bound * static_cast<int64_t>(sizeof(int32_t)));
  if (!ids.empty()) std::memcpy(tensor.raw_bytes(), ids.data(), ids.size_bytes());
  return tensor;
}

}  // namespace

CrossEntropyResult BatchLoss(MiniBert& model, Recording& recording, const MlmBatch& batch) {
  const int64_t B = batch.sequences(), T = batch.seq_len(), M = batch.masked();
  const Shape bound({batch.max_masked()});
  MiniBertInputs inputs;
  inputs.ids = recording.Constant(CopyIds(batch.ids(), Shape({B, T}), B * T));
  if (batch.padded()) {
    inputs.visible = recording.Constant(CopyIds(batch.attention_mask(), Shape({B, T}), B * T));
  }
  inputs.masked_rows =
      recording.Constant(CopyIds(batch.masked_rows(), Shape({M}), bound[0]), bound);
  Variable labels = recording.Constant(CopyIds(batch.labels(), Shape({M}), bound[0]), bound);
  return MaskedLanguageModelLoss(model.Forward(std::move(inputs)), std::move(labels));
}

}  // namespace hairpin
