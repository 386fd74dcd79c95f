// MakeOptimizer: an optimizer by its name, for programs with a flag.
//
//   std::unique_ptr<Optimizer> optimizer =
//       MakeOptimizer("muon", model, {.weight_decay = 0.01});
#ifndef HAIRPIN_OPTIM_MAKE_OPTIMIZER_H_
#define HAIRPIN_OPTIM_MAKE_OPTIMIZER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/module.h"
#include "optim/group_rules.h"
#include "optim/optimizer.h"

namespace hairpin {

struct NamedOptimizerOptions {
  double weight_decay = 0;  // of matrices; none of biases and norms
  double momentum = 0.9;    // sgd, rmsprop
  double beta1 = 0.9;       // adamw, adam, lion, and muon for what is no matrix; also beta2
  double beta2 = 0.999;
  double epsilon = 1e-8;    // adamw, adam, muon
  std::vector<GroupRule> groups = {};  // of some parameters, by their names
};

// adamw, adam, sgd, rmsprop, adagrad, lion, muon.
bool IsOptimizer(std::string_view name);
// "adamw, adam, sgd, rmsprop, adagrad, lion or muon".
std::string OptimizerNames();

// CHECKs the name, and that the groups' patterns are those of parameters. What the options don't
// say is the optimizer's default.
std::unique_ptr<Optimizer> MakeOptimizer(std::string_view name, nn::Module& module,
                                         const NamedOptimizerOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_MAKE_OPTIMIZER_H_
