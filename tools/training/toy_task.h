// The smallest task there is, for tests of what all tasks share: y = 3 x of one weight. A buffer
// counts the micro-batches that trained, as running statistics would change with each.
#ifndef HAIRPIN_TOOLS_TRAINING_TOY_TASK_H_
#define HAIRPIN_TOOLS_TRAINING_TOY_TASK_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "nn/initializer.h"
#include "nn/module.h"
#include "ops/mul.h"
#include "ops/sub.h"
#include "ops/sum.h"
#include "tensor/tensor.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

struct ToyOptions {
  int64_t records = 10;
  int micro_batch = 2;
};

// Record x = 0, 1, 2, ... asks for (w x - 3 x)^2; multiples of 5 don't count. It guesses nothing,
// and has one further term, the sum of x.
class ToyTask : public TrainingTask {
 public:
  explicit ToyTask(const ToyOptions& options, const nn::ModuleContext& context = {})
      : options_(options), model_(context) {}

  nn::Module& model() override { return model_; }
  const google::protobuf::Message& config() const override { return config_; }
  TaskWords words() const override {
    return {.inputs = "numbers",
            .inputs_per_second = "numbers_per_second",
            .nothing = "no numbers",
            .accuracy = nullptr,
            .terms = {"x"}};
  }

  absl::Status Load(int64_t first_sample, int micro_batch) override {
    std::vector<float>& xs = loaded_[micro_batch];
    xs.clear();
    for (int i = 0; i < options_.micro_batch; ++i) {
      AddRecord((first_sample + i) % options_.records, &xs);
    }
    return absl::OkStatus();
  }
  int64_t evaluation_records() const override { return options_.records; }
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override {
    std::vector<float>& xs = loaded_[kEvaluation];
    xs.clear();
    const int64_t n = std::min<int64_t>(options_.micro_batch, options_.records - first_record);
    for (int64_t i = 0; i < n; ++i) AddRecord(first_record + i, &xs);
    return n;
  }
  MicroBatchSize size(int micro_batch) const override {
    return {.count = static_cast<int64_t>(loaded_.at(micro_batch).size()),
            .inputs = options_.micro_batch};
  }
  int64_t BatchBytes(int) const override { return options_.micro_batch * int64_t{sizeof(float)}; }
  TaskLoss Record(Recording& recording, int micro_batch) override {
    if (recording.train() && !recording.dry()) model_.trained.raw<float>()[0] += 1;
    const Variable x = recording.Constant(
        recording.dry()
            ? Tensor::Empty({DType::kFloat32, Shape({options_.micro_batch})},
                            Purpose::kActivation, recording.allocator())
            : Tensor::FromValues<float>(
                  Shape({static_cast<int64_t>(loaded_.at(micro_batch).size())}),
                  loaded_.at(micro_batch)));
    const Variable y = recording.Constant(
        recording.dry() ? Tensor::Empty({DType::kFloat32, Shape({1})}, Purpose::kActivation,
                                        recording.allocator())
                        : Tensor::FromValues<float>(Shape({1}), {3}));
    const Variable error = Mul(Sub(recording.Use(model_.weight), y), x);
    return {.loss = Sum(Mul(error, error)), .terms = {Sum(x)}};
  }

 private:
  struct Model final : nn::Module {
    explicit Model(const nn::ModuleContext& context)
        : weight(AddParameter(context, "weight", Shape({1}), nn::ConstantInitializer(0))),
          trained(AddBuffer(context, "trained", Shape({1}), 0)) {}
    Parameter& weight;
    Tensor& trained;
  };
  static void AddRecord(int64_t x, std::vector<float>* xs) {
    if (x % 5 != 0) xs->push_back(static_cast<float>(x));
  }

  const ToyOptions options_;
  TrainingSettings config_;  // any message
  Model model_;
  std::map<int, std::vector<float>> loaded_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TOY_TASK_H_
