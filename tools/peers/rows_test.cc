#include "tools/peers/rows.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Program(const std::string& name, const std::string& script) {
  const std::string path = WriteTestFile(name, "#!/bin/sh\n" + script);
  chmod(path.c_str(), 0755);
  return path;
}

// Programs that answer without measuring. Hairpin takes 0.5 s on one thread and 0.25 s on more,
// PyTorch twice as long on one thread and 0.8 s on more, NumPy half an hour.
class RowsTest : public testing::Test {
 protected:
  RowsTest() {
    peers_.hairpin = Program("hairpin.sh", R"(
        if grep -q '"threads":1,' $1
        then echo '{"micro_batch": 0.5, "step": 5, "peak_flops": 1e6}'
        else echo '{"micro_batch": 0.25, "step": 3, "peak_flops": 1.6e6}'
        fi)");
    peers_.python = Program("python.sh", R"(
        for task; do :; done
        if grep -q '"threads":1,' $task; then t=1; else t=0.8; fi
        case $* in *--attention_mask*) t=7 ;; *numpy*) t=1800 ;; esac
        echo "{\"micro_batch\": $t, \"step\": 6}")");
    peers_.torch = peers_.numpy = "1.0";
    options_.task.config = MiniPreset();
    options_.task.config.set_hidden(16);
    options_.task.config.set_vocab_size(100);
    options_.task.threads = 2;
  }

  std::vector<ComparisonRow> Rows(const std::vector<std::string>& names) {
    Progress progress(/*terminal=*/false);
    absl::StatusOr<Bench> bench = Bench::Create(/*repetitions=*/2, &progress);
    RowMaker maker(options_, peers_, *bench);
    Comparison comparison;
    for (const std::string& name : names) {
      const absl::Status added = maker.Add(name, &comparison);
      EXPECT_TRUE(added.ok()) << added;
    }
    maker.Finish(&comparison);
    notes_ = comparison.notes;
    return comparison.rows;
  }

  Peers peers_;
  RowOptions options_;
  std::vector<std::string> notes_;
};

TEST(RowsOf, GroupsAndSingleRows) {
  EXPECT_THAT(RowsOf("step"), ElementsAre("step"));
  EXPECT_THAT(RowsOf("memory"), ElementsAre("memory", "memory_checkpointing"));
  EXPECT_EQ(RowsOf("sizes").size(), 5u);
  EXPECT_EQ(RowsOf("growth").size(), 5u);
  EXPECT_THAT(RowsOf("growth_batch"), ElementsAre("growth_batch"));
  for (const char* none : {"micro", "", "one", "sizes_"}) EXPECT_THAT(RowsOf(none), IsEmpty());
}

TEST_F(RowsTest, TimesOfTheFasterWay) {
  const auto rows = Rows({"one_thread", "step", "all_logits"});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].what, "micro-batch 8 x 64, masked head, 1 thread");
  ASSERT_EQ(rows[0].entries.size(), 2u);
  EXPECT_THAT(rows[0].entries[0].values, ElementsAre(0.5, 0.5));
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(1, 1));
  EXPECT_EQ(rows[0].entries[1].detail, "eager");
  EXPECT_EQ(rows[0].entries[1].resident_bytes.size(), 2u);
  EXPECT_EQ(rows[1].what, "step of 32, clipping, AdamW, 2 threads");
  EXPECT_THAT(rows[1].entries[0].values, ElementsAre(3, 3));
  ASSERT_EQ(rows[2].entries.size(), 3u) << "NumPy has all logits only";
  EXPECT_THAT(rows[2].entries[2].values, ElementsAre(1800, 1800));
}

TEST_F(RowsTest, SharesOfThePeak) {
  ModelTask task = options_.task;
  const auto rows = Rows({"peak_share", "second_core"});
  ASSERT_EQ(rows.size(), 2u);
  // Each from the FLOPs that it executes.
  EXPECT_DOUBLE_EQ(rows[0].entries[0].values[1], ProductFlops(task, true) / 0.5 / 1e6);
  EXPECT_DOUBLE_EQ(rows[0].entries[1].values[1], ProductFlops(task, false) / 1 / 1e6);
  EXPECT_DOUBLE_EQ(rows[1].entries[0].values[0], (0.5 / 0.25) / 1.6);
  EXPECT_DOUBLE_EQ(rows[1].entries[1].values[0], (1 / 0.8) / 1.6);

  options_.task.threads = 1;
  EXPECT_THAT(Rows({"second_core"}), IsEmpty());
  EXPECT_THAT(notes_, ElementsAre("second_core: left out, it takes two threads"));
}

TEST_F(RowsTest, SizesAndTheirRatios) {
  const auto rows = Rows({"sizes_2x128", "sizes_1x64", "step"});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].what, "2 layers of 128, micro-batch 16 x 128");
  EXPECT_EQ(rows[1].what, "1 layer of 64, micro-batch 64 x 32");
  EXPECT_EQ(rows[2].name, "sizes");
  EXPECT_THAT(rows[2].entries[0].values, ElementsAre(3.2, 3.2));
  EXPECT_EQ(Rows({"sizes_1x64"}).size(), 1u) << "one size has no summary";
}

// The time stays what it is while the work grows: growth is 1 over that of the FLOPs.
TEST_F(RowsTest, GrowthOfTimeOverFlops) {
  peers_.torch.clear();
  for (const char* name : {"growth_batch", "growth_layers"}) {
    const auto rows = Rows({name});
    ASSERT_EQ(rows.size(), 1u);
    ASSERT_EQ(rows[0].entries.size(), 3u);
    ModelTask first = options_.task, last = options_.task;
    if (std::string(name) == "growth_batch") {
      first.batch = 4;
      last.batch = 32;
    } else {
      first.config.set_layers(1);
      last.config.set_layers(8);
    }
    EXPECT_DOUBLE_EQ(rows[0].entries[2].values[1],
                     ProductFlops(first, true) / ProductFlops(last, true));
  }
}

}  // namespace
}  // namespace hairpin
