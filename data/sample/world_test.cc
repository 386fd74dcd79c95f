#include "data/sample/world.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace hairpin::sample {
namespace {

TEST(WorldTest, EverythingThatPeopleReferToIsThere) {
  std::set<std::string> names;
  for (size_t i = 0; i < People().size(); ++i) {
    const Person& person = People()[i];
    EXPECT_TRUE(names.insert(person.name).second) << person.name << " stands twice";
    ASSERT_LT(person.job, Jobs().size()) << person.name;
    ASSERT_LT(person.home, Countries().size()) << person.name;
    ASSERT_LT(person.animal, Animals().size()) << person.name;
    ASSERT_LT(person.sibling, People().size()) << person.name;
    const Person& sibling = People()[person.sibling];
    EXPECT_EQ(sibling.sibling, i) << person.name << " and " << sibling.name;
    EXPECT_NE(sibling.gender, person.gender) << person.name << " and " << sibling.name;
  }
}

// An object that went with two verbs would tell nothing about its verb.
TEST(WorldTest, EveryObjectGoesWithOneVerb) {
  std::set<std::string> objects;
  for (const Action& action : Actions()) {
    for (const char* object : action.objects) {
      EXPECT_TRUE(objects.insert(object).second) << object;
    }
  }
}

TEST(WorldTest, FactsAreDistinct) {
  std::set<std::string> words;
  for (const Country& country : Countries()) {
    for (const char* word : {country.name, country.capital, country.river, country.goods}) {
      EXPECT_TRUE(words.insert(word).second) << word;
    }
  }
  for (const Job& job : Jobs()) {
    for (const char* word : {job.noun.singular, job.object, job.place}) {
      EXPECT_TRUE(words.insert(word).second) << word;
    }
  }
}

}  // namespace
}  // namespace hairpin::sample
