// WeightAverage: an exponential moving average of weights (EMA), which often evaluates better than
// the weights that training stands at.
//
//   WeightAverage average(ParametersOf(model), {.decay = 0.999});
//   optimizer.Step(learning_rate);
//   average.Update(optimizer.step_count());
//   ...
//   {
//     const AveragedWeights evaluating(average);   // the model has the averages
//     Evaluate(model);
//   }                                              // and its own weights again, the same bits
//
// At the first step the average is the weights, and then average = d average + (1 - d) weights, as
// PyTorch's AveragedModel has it with get_ema_multi_avg_fn. With warmup d = min(decay, (1 + t) /
// (10 + t)) at step t = 1, 2, ..., so that a short training's average is not its start.
// State, to be saved beside the optimizer's: "<parameter>.average".
// Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the
// moving kind: TensorFlow's ExponentialMovingAverage.
#ifndef HAIRPIN_OPTIM_WEIGHT_AVERAGE_H_
#define HAIRPIN_OPTIM_WEIGHT_AVERAGE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/parameter.h"

namespace hairpin {

// Constructors CHECK that decay is in [0, 1].
struct WeightAverageOptions {
  double decay = 0.999;
  bool warmup = false;
};

class WeightAverage {
 public:
  // The averages begin as the weights are now; their memory counts as the optimizer's.
  explicit WeightAverage(std::vector<Parameter*> parameters,
                         const WeightAverageOptions& options = {});

  // After the step with that number, 1, 2, ... Not while the averages are in the model.
  void Update(int64_t step);

  // Every average, in the order of the parameters. Not while they are in the model.
  void VisitState(const std::function<void(const std::string& name, Tensor& tensor)>& visit);

 private:
  friend class AveragedWeights;
  void Swap();

  std::vector<Parameter*> parameters_;
  WeightAverageOptions options_;
  std::vector<Tensor> averages_;
  bool swapped_ = false;
};

// The model has the averages for as long as this lives: handles change places, no number moves.
// Between recordings, not inside one, and no checkpoint meanwhile.
class AveragedWeights {
 public:
  explicit AveragedWeights(WeightAverage& average) : average_(average) { average_.Swap(); }
  ~AveragedWeights() { average_.Swap(); }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  WeightAverage& average_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_WEIGHT_AVERAGE_H_
