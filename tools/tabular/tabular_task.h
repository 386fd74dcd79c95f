// The task of train_tabular: a linear model on a table's rows.
#ifndef HAIRPIN_TOOLS_TABULAR_TABULAR_TASK_H_
#define HAIRPIN_TOOLS_TABULAR_TABULAR_TASK_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/linear/linear_model.h"
#include "tensor/tensor.h"
#include "tools/training/dataset_task.h"

namespace hairpin {

class TabularTask final : public DatasetTaskOf<LinearModel> {
 public:
  // Class weights: what each class counts in the loss of training; empty: each row the same.
  TabularTask(const nn::ModuleContext& context, const Config& config, DatasetTaskOptions options,
              std::vector<float> class_weights)
      : DatasetTaskOf(context, config, std::move(options)),
        class_weights_(std::move(class_weights)) {}

  TaskWords words() const override {
    return {.inputs = "rows",
            .inputs_per_second = "rows_per_second",
            .accuracy = config().classes() > 0 ? "accuracy" : nullptr};
  }

  // The class that the model, which has classes, says for each of these rows [N, features]. As many
  // at once as are in a micro-batch, whose memory training has.
  std::vector<int32_t> Classes(const Tensor& rows) {
    const int64_t N = rows.shape()[0], features = rows.shape()[1];
    std::vector<int32_t> classes;
    while (std::ssize(classes) < N) {
      const int64_t first = std::ssize(classes);
      const int64_t n = std::min<int64_t>(options().micro_batch, N - first);
      const Tensor some = Tensor::Empty({DType::kFloat32, Shape({n, features})});
      std::copy_n(rows.data<float>() + first * features, n * features, some.raw<float>());
      AddClasses(some, &classes);
    }
    return classes;
  }

 private:
  void AddClasses(const Tensor& rows, std::vector<int32_t>* classes) {
    Recording recording({.train = false, .gradients = false});
    const Tensor logits = model().Forward(recording.Constant(rows)).value();
    const int64_t n = logits.shape()[0], K = logits.shape()[1];
    for (const float* row = logits.data<float>(); row != logits.data<float>() + n * K; row += K) {
      classes->push_back(static_cast<int32_t>(std::max_element(row, row + K) - row));
    }
  }

  TaskLoss Loss(DatasetInputs inputs) override {
    const std::span<const float> alike, weights = class_weights_;
    CrossEntropyResult result =
        LinearModelLoss(model().Forward(std::move(inputs.features)), std::move(inputs.classes),
                        std::move(inputs.targets),
                        inputs.micro_batch == kEvaluation ? alike : weights);
    return {.loss = std::move(result.loss), .correct = std::move(result.correct)};
  }

  const std::vector<float> class_weights_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TABULAR_TABULAR_TASK_H_
