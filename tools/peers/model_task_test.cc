#include "tools/peers/model_task.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace hairpin {
namespace {

using Numbers = std::vector<int32_t>;

ModelTask Flagship() {
  ModelTask task = {.config = MiniPreset()};
  task.config.set_vocab_size(8192);
  return task;
}

// By hand, in GFLOP: a layer forward takes 2 * 512 * 4 * 192^2 (0.1510) for projections,
// 4 * 512 * 64 * 192 (0.0252) for attention and 4 * 512 * 192 * 768 (0.3020) for
// feed-forward, the head 2 * 192 * 8192 a row.
TEST(ProductFlops, OfTheFlagship) {
  ModelTask task = Flagship();
  EXPECT_EQ(HeadRows(task), 72);
  EXPECT_NEAR(ProductFlops(task, /*selects_rows=*/false), 3 * (3 * 0.47815e9 + 0.22649e9), 1e6);
  EXPECT_NEAR(ProductFlops(task, /*selects_rows=*/true), 3.944e9, 1e6);
  task.all_logits = true;
  EXPECT_EQ(HeadRows(task), 512);
  EXPECT_NEAR(ProductFlops(task, false), 9.135e9, 1e6);
  EXPECT_EQ(ProductFlops(task, true), ProductFlops(task, false));
}

TEST(TaskJson, HasSizesAndMaskedPositions) {
  const nlohmann::json json = nlohmann::json::parse(TaskJson(Flagship()));
  EXPECT_EQ(json["head"], "masked");
  EXPECT_EQ(json["model"]["sequence"], 64);
  EXPECT_EQ(json["model"]["vocabulary"], 8192);
  ASSERT_EQ(json["micro_batches"].size(), 4u);
  EXPECT_NE(json["micro_batches"][0]["ids"], json["micro_batches"][1]["ids"]);
  for (const auto& batch : json["micro_batches"]) {
    EXPECT_EQ(batch["ids"].size(), 512u);
    EXPECT_EQ(batch["labels"].size(), 72u);
    const auto rows = batch["rows"].get<Numbers>();
    ASSERT_EQ(rows.size(), 72u);
    for (size_t m = 0; m < rows.size(); ++m) EXPECT_EQ(rows[m] / 64, m / 9) << "nine a sequence";
  }
}

TEST(TaskJson, AllLogitsHaveTheIdsThatWereMasked) {
  ModelTask task = Flagship();
  const nlohmann::json masked = nlohmann::json::parse(TaskJson(task))["micro_batches"][0];
  task.all_logits = true;
  const nlohmann::json json = nlohmann::json::parse(TaskJson(task));
  EXPECT_EQ(json["head"], "all");
  const nlohmann::json& all = json["micro_batches"][0];
  EXPECT_EQ(all["ids"], masked["ids"]);
  EXPECT_TRUE(all["rows"].empty());
  auto expected = masked["ids"].get<Numbers>();
  const auto rows = masked["rows"].get<Numbers>(), labels = masked["labels"].get<Numbers>();
  for (size_t m = 0; m < rows.size(); ++m) expected[rows[m]] = labels[m];
  EXPECT_EQ(all["labels"].get<Numbers>(), expected);
  EXPECT_NE(all["labels"], all["ids"]);
}

}  // namespace
}  // namespace hairpin
