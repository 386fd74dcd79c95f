// Groups of parameters by patterns of their names.
//
//   absl::StatusOr<std::vector<ParameterGroup>> groups =
//       GroupByName(model, {{.pattern = "*", .weight_decay = 0.1},
//                           {.pattern = "*.bias", .weight_decay = 0},
//                           {.pattern = "*norm*", .weight_decay = 0},
//                           {.pattern = "embedding.*", .learning_rate_factor = 0.1}});
//   AdamW optimizer(*groups);
//
// A pattern is a whole name in which * stands for any characters, dots too, and ? for one. A
// parameter is set by every rule that its name matches, by the later one where two set the same;
// what none sets has ParameterGroup's default, and decay as DecayMatricesOnly gives it, if that is
// asked for. The same as text, for a flag (--groups of training programs):
//   *:weight_decay=0.1; *.bias:weight_decay=0; embedding.*:learning_rate_factor=0.1
#ifndef HAIRPIN_OPTIM_GROUP_RULES_H_
#define HAIRPIN_OPTIM_GROUP_RULES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "optim/optimizer.h"

namespace hairpin {

struct GroupRule {
  std::string pattern;
  std::optional<double> weight_decay = {};
  std::optional<double> learning_rate_factor = {};
  std::optional<bool> elementwise = {};

  friend bool operator==(const GroupRule&, const GroupRule&) = default;
};

bool MatchesPattern(std::string_view pattern, std::string_view name);

// The parameters that require a gradient, those of equal settings in one group, groups and
// parameters in the module's order. INVALID_ARGUMENT where a pattern matches no parameter, not even
// one that requires none: it is misspelt.
absl::StatusOr<std::vector<ParameterGroup>> GroupByName(nn::Module& module,
                                                        const std::vector<GroupRule>& rules,
                                                        double matrix_weight_decay = 0);

// Rules as text, each PATTERN:SETTING=VALUE,SETTING=VALUE with ; between them and spaces anywhere;
// elementwise is true or false. INVALID_ARGUMENT with what was found and what was expected.
absl::StatusOr<std::vector<GroupRule>> ParseGroupRules(std::string_view text);

}  // namespace hairpin

#endif  // HAIRPIN_OPTIM_GROUP_RULES_H_
