#include "data/unigram.h"

#include <cmath>
#include <memory>

#include "data/test_util.h"
#include "data/token_cache_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

std::unique_ptr<TokenCache> Cache(const std::string& name, const std::string& text,
                                  const Vocabulary& v) {
  const std::string path = TestPath(name + ".ids");
  const auto info = BuildTokenCache({{WriteTestFile(name, text)}}, v,
                                    {.seq_len = 6, .packing = Packing::kLine}, path);
  EXPECT_TRUE(info.ok()) << info.status();
  return *TokenCache::Open(path);
}

TEST(UnigramBaselineTest, AddOneOverOrdinaryIds) {
  const Vocabulary v = TestVocabulary({"a", "b", "c"});
  const auto train = Cache("train", "a a a b\nx x\n", v);
  const auto evaluation = Cache("evaluation", "a b\nc x\n", v);
  // Counts 3, 1, 0 of 4 and three ordinary tokens: 4/7, 2/7, 1/7.
  const auto loss = UnigramBaseline(*train, *evaluation);
  ASSERT_TRUE(loss.ok()) << loss.status();
  EXPECT_NEAR(*loss, -(std::log(4.0 / 7) + std::log(2.0 / 7) + std::log(1.0 / 7)) / 3, 1e-14);
}

TEST(UnigramBaselineTest, AsksAtEachRecordWhetherToStop) {
  const Vocabulary v = TestVocabulary({"a"});
  const auto train = Cache("asks", "a a\na\na\n", v), evaluation = Cache("asks2", "a\na\n", v);
  EXPECT_EQ(TimesAsked([&](const StopQuestion& stop) {
              return UnigramBaseline(*train, *evaluation, stop).status();
            }),
            3 + 2);
}

TEST(UnigramBaselineTest, Errors) {
  const Vocabulary v = TestVocabulary({"a", "b"}), w = TestVocabulary({"a", "c"});
  const auto train = Cache("train2", "a b\n", v);
  EXPECT_THAT(Message(UnigramBaseline(*train, *Cache("unknown", "x y\n", v)).status()),
              testing::HasSubstr("no id >= 5"));
  EXPECT_THAT(Message(UnigramBaseline(*train, *Cache("other", "a c\n", w)).status()),
              testing::HasSubstr("another vocabulary"));
}

}  // namespace
}  // namespace hairpin
