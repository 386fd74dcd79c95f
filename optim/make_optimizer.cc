#include "optim/make_optimizer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/lion.h"
#include "optim/muon.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

using Groups = std::vector<ParameterGroup>;
using Made = std::unique_ptr<Optimizer>;

AdamOptions AdamOf(const NamedOptimizerOptions& o) { return {o.beta1, o.beta2, o.epsilon}; }

struct Entry {
  const char* name;
  Made (*make)(const Groups&, const NamedOptimizerOptions&);
};

constexpr Entry kEntries[] = {
    {"adamw",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<AdamW>(groups, AdamOf(o));
     }},
    {"adam",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<Adam>(groups, AdamOf(o));
     }},
    {"sgd",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<Sgd>(groups, SgdOptions{.momentum = o.momentum});
     }},
    {"rmsprop",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<RmsProp>(groups, RmsPropOptions{.momentum = o.momentum});
     }},
    {"adagrad",
     [](const Groups& groups, const NamedOptimizerOptions&) -> Made {
       return std::make_unique<Adagrad>(groups);
     }},
    {"lion",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<Lion>(groups, LionOptions{.beta1 = o.beta1, .beta2 = o.beta2});
     }},
    {"muon",
     [](const Groups& groups, const NamedOptimizerOptions& o) -> Made {
       return std::make_unique<Muon>(groups, MuonOptions{.match_adamw = true, .adamw = AdamOf(o)});
     }},
};

const Entry* Find(std::string_view name) {
  for (const Entry& entry : kEntries) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

}  // namespace

bool IsOptimizer(std::string_view name) { return Find(name) != nullptr; }

std::string OptimizerNames() {
  std::string names;
  constexpr int kLast = std::size(kEntries) - 1;
  for (int i = 0; i <= kLast; ++i) {
    absl::StrAppend(&names, i == 0 ? "" : i == kLast ? " or " : ", ", kEntries[i].name);
  }
  return names;
}

std::unique_ptr<Optimizer> MakeOptimizer(std::string_view name, nn::Module& module,
                                         const NamedOptimizerOptions& options) {
  const Entry* const entry = Find(name);
  HAIRPIN_CHECK(entry != nullptr) << "MakeOptimizer: found '" << std::string(name)
                                  << "', expected " << OptimizerNames();
  // Two groups whatever the decay: norms are summed in the groups' order.
  if (options.groups.empty()) {
    return entry->make(DecayMatricesOnly(module, options.weight_decay), options);
  }
  const absl::StatusOr<Groups> groups =
      GroupByName(module, options.groups, /*matrix_weight_decay=*/options.weight_decay);
  HAIRPIN_CHECK(groups.ok()) << "MakeOptimizer: " << groups.status().ToString();
  return entry->make(*groups, options);
}

}  // namespace hairpin
