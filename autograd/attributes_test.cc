#include "autograd/attributes.h"

#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(AttributesTest, WhatIsSetIsFound) {
  Attributes attributes;
  SetNumber(&attributes, "scale", 0.1);
  SetNumber(&attributes, "axis", -2);
  SetNumber(&attributes, "large", 9007199254740992.0);
  SetBool(&attributes, "yes", true);
  SetBool(&attributes, "no", false);
  SetString(&attributes, "kind", "erf");
  SetInts(&attributes, "axes", std::vector<int64_t>{1, -1, int64_t{1} << 40});
  EXPECT_EQ(GetNumber(attributes, "scale", 5), 0.1);
  EXPECT_EQ(GetInt(attributes, "axis", 5), -2);
  EXPECT_EQ(GetInt(attributes, "large", 5), int64_t{1} << 53);
  EXPECT_TRUE(GetBool(attributes, "yes", false));
  EXPECT_FALSE(GetBool(attributes, "no", true));
  EXPECT_EQ(GetString(attributes, "kind", "tanh"), "erf");
  EXPECT_EQ(GetInts(attributes, "axes"), (std::vector<int64_t>{1, -1, int64_t{1} << 40}));
}

TEST(AttributesTest, SettingAgainReplaces) {
  Attributes attributes;
  SetInts(&attributes, "axes", std::vector<int64_t>{1, 2, 3});
  SetInts(&attributes, "axes", std::vector<int64_t>{4});
  EXPECT_EQ(GetInts(attributes, "axes"), std::vector<int64_t>{4});
  SetInts(&attributes, "axes", {});
  EXPECT_TRUE(GetInts(attributes, "axes").empty());
  SetBool(&attributes, "axes", true);
  EXPECT_TRUE(GetBool(attributes, "axes", false));
}

TEST(AttributesTest, WhatIsMissingIsTheDefault) {
  const Attributes attributes;
  EXPECT_EQ(GetNumber(attributes, "x", 2.5), 2.5);
  // More bits than a double has: a default isn't turned into one.
  EXPECT_EQ(GetInt(attributes, "x", (int64_t{1} << 60) + 1), (int64_t{1} << 60) + 1);
  EXPECT_TRUE(GetBool(attributes, "x", true));
  EXPECT_EQ(GetString(attributes, "x", "default"), "default");
  EXPECT_TRUE(GetInts(attributes, "x").empty());
}

TEST(AttributesTest, JsonIsAPlainObject) {
  Attributes attributes;
  SetNumber(&attributes, "axis", 1);
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(attributes, &json).ok());
  EXPECT_EQ(json, R"({"axis":1})");
}

TEST(AttributesDeathTest, AnotherTypeThanAsked) {
  Attributes attributes;
  SetString(&attributes, "word", "one");
  SetNumber(&attributes, "fraction", 1.5);
  SetNumber(&attributes, "huge", 1e300);
  (*attributes.mutable_fields())["mixed"].mutable_list_value()->add_values()->set_bool_value(true);
  EXPECT_DEATH(GetNumber(attributes, "word", 0), "attribute word: found string_value: .*one");
  EXPECT_DEATH(GetBool(attributes, "fraction", false), "attribute fraction: found number_value");
  EXPECT_DEATH(GetString(attributes, "fraction", ""), "attribute fraction");
  EXPECT_DEATH(GetInts(attributes, "fraction"), "attribute fraction");
  EXPECT_DEATH(GetInt(attributes, "fraction", 0), "1.5, expected an integer");
  EXPECT_DEATH(GetInt(attributes, "huge", 0), "expected an integer");
  EXPECT_DEATH(GetInts(attributes, "mixed"), "bool_value: true, expected an integer");
}

}  // namespace
}  // namespace hairpin
