#include "optim/group_rules.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

TEST(GroupRulesTest, PatternsAreWholeNames) {
  for (const char* pattern :
       {"a.bias", "*", "*bias", "*.bias", "a*", "a*s", "?.b?as", "**a*b**s*"}) {
    EXPECT_TRUE(MatchesPattern(pattern, "a.bias")) << pattern;
  }
  for (const char* pattern :
       {"", "a", "bias", "*.", "a?bia", "b*", "*bias?", "a.bias.*", "A.bias"}) {
    EXPECT_FALSE(MatchesPattern(pattern, "a.bias")) << pattern;
  }
  EXPECT_TRUE(MatchesPattern("*ab", "aab"));       // the star gives one back
  EXPECT_TRUE(MatchesPattern("*a*ab", "aaaab"));
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("", ""));
  EXPECT_FALSE(MatchesPattern("?", ""));
}

class Net : public nn::Module {
 public:
  explicit Net(const nn::ModuleContext& context) {
    for (const char* name :
         {"embedding", "layer.weight", "layer.bias", "norm.weight", "norm.bias"}) {
      parameters.push_back(&AddParameter(context, name, {2}, nn::ConstantInitializer(0)));
    }
  }
  std::vector<Parameter*> parameters;
};

std::vector<std::string> Names(const ParameterGroup& group) {
  std::vector<std::string> names;
  for (const Parameter* parameter : group.parameters) names.push_back(parameter->name());
  return names;
}

TEST(GroupRulesTest, EveryRuleThatMatchesSetsAndTheLaterOneDecides) {
  Net net({});
  const auto groups = GroupByName(net, {{.pattern = "*", .weight_decay = 0.25},
                                        {.pattern = "*.bias", .weight_decay = 0},
                                        {.pattern = "norm.*", .weight_decay = 0},
                                        {.pattern = "layer.*", .learning_rate_factor = 0.5},
                                        {.pattern = "emb*", .elementwise = true}});
  ASSERT_TRUE(groups.ok()) << groups.status();
  ASSERT_EQ(groups->size(), 4);
  const std::vector<ParameterGroup>& g = *groups;
  EXPECT_EQ(Names(g[0]), std::vector<std::string>{"embedding"});
  EXPECT_EQ(Names(g[1]), std::vector<std::string>{"layer.weight"});
  EXPECT_EQ(Names(g[2]), std::vector<std::string>{"layer.bias"});
  EXPECT_EQ(Names(g[3]), (std::vector<std::string>{"norm.weight", "norm.bias"}));
  EXPECT_EQ(g[0].weight_decay, 0.25);
  EXPECT_TRUE(g[0].elementwise);
  EXPECT_EQ(g[0].learning_rate_factor, 1);
  EXPECT_EQ(g[1].weight_decay, 0.25);
  EXPECT_EQ(g[1].learning_rate_factor, 0.5);
  EXPECT_EQ(g[2].weight_decay, 0);
  EXPECT_EQ(g[2].learning_rate_factor, 0.5);
  EXPECT_EQ(g[3].weight_decay, 0);
  EXPECT_FALSE(g[3].elementwise);
}

TEST(GroupRulesTest, FrozenParametersAreLeftOutAndMayBeNamed) {
  Net net({});
  net.parameters[0]->set_requires_gradient(false);
  const auto groups = GroupByName(net, {{.pattern = "embedding", .weight_decay = 1}});
  ASSERT_TRUE(groups.ok()) << groups.status();
  ASSERT_EQ(groups->size(), 1);
  EXPECT_EQ((*groups)[0].parameters.size(), 4);
}

TEST(GroupRulesTest, PatternOfNoParameterIsAnError) {
  Net net({});
  const auto groups = GroupByName(net, {{.pattern = "*"}, {.pattern = "*.biases"}});
  EXPECT_EQ(groups.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(groups.status().message()),
              HasSubstr("found pattern '*.biases', which is no parameter's, expected one for names "
                        "such as 'norm.bias'"));
}

TEST(GroupRulesTest, TextSaysTheSame) {
  const auto rules = ParseGroupRules(
      " *:weight_decay=0.1; *.bias : weight_decay = 0 , learning_rate_factor=2;"
      "embedding.*:elementwise=true;x:elementwise=false;");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(*rules,
            (std::vector<GroupRule>{
                {.pattern = "*", .weight_decay = 0.1},
                {.pattern = "*.bias", .weight_decay = 0, .learning_rate_factor = 2},
                {.pattern = "embedding.*", .elementwise = true},
                {.pattern = "x", .elementwise = false}}));
  EXPECT_TRUE(ParseGroupRules("")->empty());
}

TEST(GroupRulesTest, BadTextIsAnErrorThatSaysWhatWasExpected) {
  const auto message = [](std::string_view text) {
    const auto rules = ParseGroupRules(text);
    EXPECT_EQ(rules.status().code(), absl::StatusCode::kInvalidArgument) << text;
    return std::string(rules.status().message());
  };
  EXPECT_EQ(message("*.bias"), "groups: found '*.bias', expected PATTERN:SETTING=VALUE");
  EXPECT_EQ(message(":weight_decay=1"),
            "groups: found ':weight_decay=1', expected PATTERN:SETTING=VALUE");
  EXPECT_EQ(message("a: ,"),
            "groups: a: found '', expected weight_decay=, learning_rate_factor= or elementwise=");
  EXPECT_THAT(message("a:decay=1"), HasSubstr("found 'decay=1', expected weight_decay="));
  for (const char* value : {"x", "", "-1", "nan", "inf"}) {
    EXPECT_THAT(message(std::string("a:weight_decay=") + value),
                HasSubstr("expected a number of at least 0"));
  }
  EXPECT_THAT(message("a:elementwise=1"), HasSubstr("expected elementwise=true or =false"));
}

}  // namespace
}  // namespace hairpin
