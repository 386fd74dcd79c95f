// The optimizer that a training's settings ask for, and the average of weights, if they do.
#ifndef HAIRPIN_TOOLS_TRAINING_TRAINING_OPTIMIZER_H_
#define HAIRPIN_TOOLS_TRAINING_TRAINING_OPTIMIZER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "optim/group_rules.h"
#include "optim/make_optimizer.h"
#include "optim/weight_average.h"
#include "tools/training/run.pb.h"

namespace hairpin {

// Of resolved settings whose groups are the model's (CheckGroups); those of runs from before there
// was --optimizer mean AdamW.
inline std::unique_ptr<Optimizer> OptimizerOf(const TrainingSettings& settings,
                                              nn::Module& model) {
  return MakeOptimizer(settings.has_optimizer() ? settings.optimizer() : "adamw", model,
                       {.weight_decay = settings.weight_decay(),
                        .momentum = settings.momentum(),
                        .beta1 = settings.beta1(),
                        .beta2 = settings.beta2(),
                        .epsilon = settings.adam_epsilon(),
                        .groups = *ParseGroupRules(settings.groups())});
}

// INVALID_ARGUMENT where --groups names no parameter of the model.
inline absl::Status CheckGroups(const TrainingSettings& settings, nn::Module& model) {
  const auto groups = GroupByName(model, *ParseGroupRules(settings.groups()));
  return groups.ok() ? absl::OkStatus()
                     : absl::InvalidArgumentError("--" + std::string(groups.status().message()));
}

// Null without --ema. Early steps count less than the decay says, so that a short training's
// average is not its start.
inline std::unique_ptr<WeightAverage> AverageOf(const TrainingSettings& settings,
                                                nn::Module& model) {
  if (settings.ema() == 0) return nullptr;
  return std::make_unique<WeightAverage>(
      ParametersOf(model), WeightAverageOptions{.decay = settings.ema(), .warmup = true});
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRAINING_OPTIMIZER_H_
