#include "tools/training/dataset_task.h"

#include <cstring>
#include <span>
#include <utility>

#include "tensor/check.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

Shape BatchShape(int64_t records, const Shape& record_shape) {
  std::vector<int64_t> axes = {records};
  for (int axis = 0; axis < record_shape.rank(); ++axis) axes.push_back(record_shape[axis]);
  return Shape(axes);
}

// The numbers as an input of the graph; without numbers in a dry recording. `bound` is their shape
// in a full batch: shorter ones take its memory, so that steady state finds the same.
template <class Number>
Variable Input(Recording& recording, DType dtype, const Shape& shape, const Shape& bound,
               std::span<const Number> numbers) {
  Tensor tensor = Tensor::Empty({dtype, shape}, Purpose::kActivation, recording.allocator(),
                                bound.num_elements() * static_cast<int64_t>(sizeof(Number)));
  if (!recording.dry()) std::memcpy(tensor.raw_bytes(), numbers.data(), numbers.size_bytes());
  return recording.Constant(std::move(tensor), bound);
}

}  // namespace

DatasetTask::DatasetTask(DatasetTaskOptions options)
    : options_(std::move(options)),
      train_(options_.dataset, options_.train, {.seed = options_.seed}),
      evaluation_(options_.dataset, options_.evaluation) {}

Batch& DatasetTask::Place(int micro_batch) {
  if (micro_batch == kEvaluation) {
    if (!evaluation_batch_.has_value()) evaluation_batch_.emplace(dataset(), options_.micro_batch);
    return *evaluation_batch_;
  }
  while (static_cast<int>(batches_.size()) <= micro_batch) {
    batches_.emplace_back(dataset(), options_.micro_batch);
  }
  return batches_[micro_batch];
}

const Batch& DatasetTask::Loaded(int micro_batch) const {
  const bool loaded = micro_batch == kEvaluation
                          ? evaluation_batch_.has_value()
                          : micro_batch < static_cast<int>(batches_.size());
  HAIRPIN_CHECK(loaded) << "DatasetTask: micro-batch " << micro_batch << " was never loaded";
  return micro_batch == kEvaluation ? *evaluation_batch_ : batches_[micro_batch];
}

absl::Status DatasetTask::Load(int64_t first_sample, int micro_batch) {
  Batch& batch = Place(micro_batch);
  train_.Load(first_sample, &batch);
  Augment(first_sample, micro_batch, batch);
  return absl::OkStatus();
}

void DatasetTask::Augment(int64_t, int, Batch&) {}

int64_t DatasetTask::evaluation_records() const { return evaluation_.size(); }

absl::StatusOr<int64_t> DatasetTask::LoadEvaluation(int64_t first_record) {
  Batch& batch = Place(kEvaluation);
  evaluation_.LoadInOrder(first_record, &batch);
  return batch.size();
}

MicroBatchSize DatasetTask::size(int micro_batch) const {
  const int64_t records = Loaded(micro_batch).size();
  return {.count = records, .inputs = records};
}

int64_t DatasetTask::BatchBytes(int) const {
  const int64_t each = dataset().features_per_record() + dataset().targets_per_record() +
                       (dataset().has_classes() ? 1 : 0);
  return options_.micro_batch * (each * static_cast<int64_t>(sizeof(float)) +
                                 static_cast<int64_t>(sizeof(int64_t)));
}

DatasetInputs DatasetTask::Inputs(Recording& recording, const Batch* batch) const {
  const int64_t most = options_.micro_batch, B = batch == nullptr ? most : batch->size();
  DatasetInputs inputs;
  inputs.features = Input<float>(recording, DType::kFloat32,
                                 BatchShape(B, dataset().record_shape()),
                                 BatchShape(most, dataset().record_shape()),
                                 batch == nullptr ? std::span<const float>() : batch->features());
  if (dataset().has_classes()) {
    inputs.classes =
        Input<int32_t>(recording, DType::kInt32, Shape({B}), Shape({most}),
                       batch == nullptr ? std::span<const int32_t>() : batch->classes());
  }
  if (const int64_t n = dataset().targets_per_record(); n > 0) {
    inputs.targets =
        Input<float>(recording, DType::kFloat32, Shape({B, n}), Shape({most, n}),
                     batch == nullptr ? std::span<const float>() : batch->targets());
  }
  return inputs;
}

TaskLoss DatasetTask::Record(Recording& recording, int micro_batch) {
  DatasetInputs inputs = Inputs(recording, recording.dry() ? nullptr : &Loaded(micro_batch));
  inputs.micro_batch = micro_batch;
  return Loss(std::move(inputs));
}

}  // namespace hairpin
