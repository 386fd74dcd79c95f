#include "optim/group_rules.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace hairpin {
namespace {

bool SameSettings(const ParameterGroup& a, const ParameterGroup& b) {
  return a.weight_decay == b.weight_decay && a.learning_rate_factor == b.learning_rate_factor &&
         a.elementwise == b.elementwise;
}

void Apply(const GroupRule& rule, ParameterGroup* settings) {
  settings->weight_decay = rule.weight_decay.value_or(settings->weight_decay);
  settings->learning_rate_factor =
      rule.learning_rate_factor.value_or(settings->learning_rate_factor);
  settings->elementwise = rule.elementwise.value_or(settings->elementwise);
}

absl::Status ParseSetting(absl::string_view text, GroupRule* rule) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
  const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
  const auto expected = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("groups: ", rule->pattern, ": found '", text, "', expected ", what));
  };
  if (name == "elementwise") {
    if (value != "true" && value != "false") return expected("elementwise=true or =false");
    rule->elementwise = value == "true";
    return absl::OkStatus();
  }
  if (name != "weight_decay" && name != "learning_rate_factor") {
    return expected("weight_decay=, learning_rate_factor= or elementwise=");
  }
  double number = 0;
  if (!absl::SimpleAtod(value, &number) || !std::isfinite(number) || number < 0) {
    return expected("a number of at least 0");
  }
  (name == "weight_decay" ? rule->weight_decay : rule->learning_rate_factor) = number;
  return absl::OkStatus();
}

}  // namespace

// Where a * has been passed, a mismatch goes back to it and lets it stand for one more.
bool MatchesPattern(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

absl::StatusOr<std::vector<ParameterGroup>> GroupByName(nn::Module& module,
                                                        const std::vector<GroupRule>& rules,
                                                        double matrix_weight_decay) {
  std::vector<ParameterGroup> groups;
  std::vector<bool> matched(rules.size());
  std::string example;
  module.VisitParameters([&](const nn::ParameterVisit& visit) {
    ParameterGroup settings;
    if (visit.parameter.value().shape().rank() >= 2) settings.weight_decay = matrix_weight_decay;
    example = visit.name();
    for (size_t i = 0; i < rules.size(); ++i) {
      if (!MatchesPattern(rules[i].pattern, visit.name())) continue;
      matched[i] = true;
      Apply(rules[i], &settings);
    }
    if (!visit.parameter.requires_gradient()) return;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const ParameterGroup& other) {
      return SameSettings(settings, other);
    });
    if (group == groups.end()) group = groups.insert(groups.end(), settings);
    group->parameters.push_back(&visit.parameter);
  });
  for (size_t i = 0; i < rules.size(); ++i) {
    if (matched[i]) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("groups: found pattern '", rules[i].pattern,
                     "', which is no parameter's, expected one for names such as '", example, "'"));
  }
  return groups;
}

absl::StatusOr<std::vector<GroupRule>> ParseGroupRules(std::string_view text) {
  std::vector<GroupRule> rules;
  const absl::string_view whole(text.data(), text.size());
  for (const absl::string_view part : absl::StrSplit(whole, ';', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(part, absl::MaxSplits(':', 1));
    GroupRule rule{.pattern = std::string(absl::StripAsciiWhitespace(sides.first))};
    if (rule.pattern.empty() || absl::StripAsciiWhitespace(sides.second).empty()) {
      return absl::InvalidArgumentError(absl::StrCat("groups: found '",
                                                     absl::StripAsciiWhitespace(part),
                                                     "', expected PATTERN:SETTING=VALUE"));
    }
    for (const absl::string_view setting : absl::StrSplit(sides.second, ',')) {
      const absl::Status status = ParseSetting(absl::StripAsciiWhitespace(setting), &rule);
      if (!status.ok()) return status;
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace hairpin
