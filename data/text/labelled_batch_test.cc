#include "data/text/labelled_batch.h"

#include <algorithm>

#include "data/permutation.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing::ElementsAre;

TEST(TokenRowsTest, RowsAreCutAndPadded) {
  const Vocabulary vocabulary = TestVocabulary({"a", "b", "c"});
  TokenRows rows(vocabulary, {.tokens = 5});
  for (const char* text : {"a B", "", "a b c", "a b c a b"}) rows.Add(text);
  EXPECT_EQ(rows.size(), 4);
  EXPECT_THAT(rows.Row(1), ElementsAre(kClsId, kSepId));
  EXPECT_THAT(rows.Row(3), ElementsAre(kClsId, 5, 6, 7, kSepId));
  PaddedBatch batch(3, 5);
  batch.Clear(2);
  rows.Copy(3, 1, &batch);
  rows.Copy(2, 0, &batch);
  rows.Copy(0, 1, &batch);  // over a longer one
  EXPECT_THAT(batch.ids(), ElementsAre(kClsId, 5, 6, 7, kSepId, kClsId, 5, 6, kSepId, kPadId));
  EXPECT_THAT(batch.attention_mask(), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 0));
  EXPECT_DEATH(rows.Copy(0, 2, &batch), "row 2 of 2");
  EXPECT_DEATH(rows.Row(4), "row 4 of 4");
  EXPECT_DEATH(batch.Clear(4), "4 sequences, room for 3");
}

TEST(LabelledLoaderTest, EachRecordOnceAnEpochWithItsClass) {
  const Vocabulary vocabulary = TestVocabulary({"a", "b", "c"});
  TokenRows rows(vocabulary, {.tokens = 12});
  std::vector<int32_t> classes;
  std::string text;
  for (int i = 0; i < 9; ++i) {
    rows.Add(text += "a ");
    classes.push_back(i % 4);
  }
  const std::vector<int64_t> records = {1, 2, 3, 5, 8};
  const LabelledLoader loader(rows, classes, records, /*seed=*/7);
  LabelledBatch batch(4, 12);
  const auto record_of = [&](int b) {  // by its length
    const auto mask = batch.text().attention_mask().subspan(b * 12, 12);
    const int64_t record = std::count(mask.begin(), mask.end(), 1) - 3;
    EXPECT_EQ(batch.classes()[b], record % 4);
    return record;
  };
  std::vector<int64_t> seen;
  for (int64_t first = 0; first < 20; first += 4) {
    loader.Load(first, &batch);
    for (int b = 0; b < 4; ++b) seen.push_back(record_of(b));
  }
  for (int s = 0; s < 20; ++s) EXPECT_EQ(seen[s], records[Permutation(7, s / 5, 5)(s % 5)]);
  seen.clear();
  for (int64_t first = 0; first < 5; first += batch.text().sequences()) {
    loader.LoadInOrder(first, &batch);
    for (size_t b = 0; b < batch.classes().size(); ++b) seen.push_back(record_of(b));
  }
  EXPECT_EQ(seen, records);
  EXPECT_DEATH(loader.LoadInOrder(5, &batch), "record 5 of 5");
  EXPECT_DEATH(LabelledLoader(rows, {}, records), "0 classes for 9 rows");
}

}  // namespace
}  // namespace hairpin
