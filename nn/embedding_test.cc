#include "nn/embedding.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nn/test_util.h"
#include "ops/add.h"
#include "ops/reshape.h"

namespace hairpin::nn {
namespace {

// Made anew for each: a context counts the parameters that it gave initial values.
ModuleContext Double() { return {.dtype = DType::kFloat64, .seed = 3}; }

std::vector<double> RowsOf(const std::vector<double>& table, const std::vector<int>& ids) {
  std::vector<double> rows;
  for (const int id : ids) rows.insert(rows.end(), &table[4 * id], &table[4 * id] + 4);
  return rows;
}

TEST(EmbeddingTest, GivesTheRowsOfItsIds) {
  Embedding embedding(Double(), {.rows = 7, .channels = 4});
  EXPECT_EQ(Names(embedding), std::vector<std::string>{"weight"});
  const Tensor table = Find(embedding, "weight").value();
  ASSERT_EQ(table.shape(), Shape({7, 4}));
  Recording recording;
  const Variable y = embedding.Forward(
      recording.Constant(Tensor::FromValues<int32_t>({2, 3}, {6, 0, 3, 3, 1, 6})));
  EXPECT_EQ(y.shape(), Shape({2, 3, 4}));
  EXPECT_EQ(y.value().ToDoubles(), RowsOf(table.ToDoubles(), {6, 0, 3, 3, 1, 6}));
}

TEST(EmbeddingTest, FirstRowsAreThose) {
  Embedding embedding(Double(), {.rows = 7, .channels = 4});
  const std::vector<double> table = Find(embedding, "weight").value().ToDoubles();
  Recording recording;
  const Variable some = embedding.FirstRows(recording, 3);
  EXPECT_EQ(some.shape(), Shape({3, 4}));
  EXPECT_EQ(some.value().ToDoubles(), RowsOf(table, {0, 1, 2}));
  EXPECT_EQ(embedding.FirstRows(recording, 7).value().ToDoubles(), table);
  EXPECT_EQ(embedding.Rows(recording, 4, 2).value().ToDoubles(), RowsOf(table, {4, 5}));
}

// One table by ids, an id twice, and by its first rows.
TEST(EmbeddingTest, GradientsOfAllUsesAddUp) {
  Embedding embedding(Double(), {.rows = 7, .channels = 4});
  const Tensor ids = Tensor::FromValues<int32_t>({3}, {6, 1, 6});
  for (const int64_t rows : {3, 7}) {
    const GradcheckResult result = GradcheckOutput(embedding, [&](Recording& recording) {
      Variable first = embedding.FirstRows(recording, rows);
      if (rows == 7) first = Reshape(std::move(first), {7, 1, 4});
      return Add(embedding.Forward(recording.Constant(ids)), std::move(first));
    });
    EXPECT_TRUE(result.ok) << result.message;
  }
}

}  // namespace
}  // namespace hairpin::nn
