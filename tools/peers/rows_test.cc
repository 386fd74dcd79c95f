#include "tools/peers/rows.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/peers/rows_test_util.h"
#include "tools/peers/targets.h"

namespace hairpin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RowsOf, GroupsAndSingleRows) {
  EXPECT_THAT(RowsOf("step"), ElementsAre("step"));
  EXPECT_THAT(RowsOf("memory"), ElementsAre("memory", "memory_checkpointing"));
  EXPECT_EQ(RowsOf("sizes").size(), 5u);
  EXPECT_EQ(RowsOf("growth").size(), 5u);
  EXPECT_THAT(RowsOf("growth_batch"), ElementsAre("growth_batch"));
  EXPECT_EQ(RowsOf("zoo").size(), ZooModels().size());
  EXPECT_EQ(RowsOf("figures").size(), ZooModels().size());
  EXPECT_THAT(RowsOf("zoo_gpt"), ElementsAre("zoo_gpt"));
  for (const char* none : {"micro", "", "one", "sizes_"}) EXPECT_THAT(RowsOf(none), IsEmpty());
}

TEST(MissingFlags, OfRowsThatNeedFiles) {
  RowOptions options;
  EXPECT_EQ(MissingFlags("start", options), "--data");
  EXPECT_EQ(MissingFlags("zoo_vae", options), "--images and --labels");
  EXPECT_EQ(MissingFlags("figures_gru", options), "--text");
  for (const char* none : {"memory", "step", "zoo_mlp"}) EXPECT_EQ(MissingFlags(none, options), "");
  EXPECT_EQ(MissingFlags("zoo_classifier", options), "--lines");
  EXPECT_EQ(MissingFlags("zoo_embedding", options), "--data");
  options = {.texts = {"a"}, .images = "b", .labels = "c", .text = "d", .lines = "e"};
  for (const std::string& row : RowNames()) EXPECT_EQ(MissingFlags(row, options), "") << row;
  EXPECT_TRUE(OnlyWhereNamed("figures_gpt"));
  EXPECT_FALSE(OnlyWhereNamed("zoo_gpt"));
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

// What is divided by one another is measured side by side, whichever row comes first.
TEST_F(RowsTest, ThreadsAndSizesTakeTurns) {
  peers_.torch.clear();
  options_.second_core = true;
  Rows({"one_thread", "micro_batch", "peak_share", "second_core"});
  const std::string turn = "\"batch\":8,\"threads\":1,\"batch\":8,\"threads\":2,";
  EXPECT_EQ(Order(), turn + turn);
  std::remove(TestPath("hairpin.sh.order").c_str());
  Rows({"growth_batch"});
  std::string growth;
  for (const char* const batch : {"4", "8", "16", "32"}) {
    growth += absl::StrCat("\"batch\":", batch, ",\"threads\":2,");
  }
  EXPECT_EQ(Order(), growth + growth);
}

// The other ways and programs stay, and it is told.
TEST_F(RowsTest, APeerThatFailsIsLeftOut) {
  peers_.python = Program("broken.sh", R"(
      case $* in
      *--attention_mask*) echo '{"micro_batch": 7, "step": 6}' ;;
      *numpy*) echo '{"step": 6}' ;;
      *) echo 'Traceback' >&2; echo 'ValueError: not today' >&2; exit 3 ;;
      esac)");
  const auto rows = Rows({"all_logits", "step"});
  ASSERT_EQ(rows.size(), 2u);
  ASSERT_EQ(rows[0].entries.size(), 2u);
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(7, 7));
  EXPECT_EQ(rows[0].entries[1].detail, "eager, with a mask");
  ASSERT_EQ(notes_.size(), 3u);
  EXPECT_THAT(notes_[0], AllOf(HasSubstr("left out: all_logits, PyTorch, eager: "),
                               HasSubstr("found exit code 3, expected 0; its last words: "
                                         "ValueError: not today")));
  EXPECT_THAT(notes_[1], HasSubstr("left out: all_logits, NumPy: found '{\"step\": 6}"));
  EXPECT_THAT(notes_[1], HasSubstr("expected a number micro_batch"));
  EXPECT_THAT(notes_[2], HasSubstr("left out: step, PyTorch, eager: "));

  options_.text = "shakespeare.txt";
  EXPECT_EQ(Rows({"zoo_lstm"})[0].entries.size(), 1u);
  EXPECT_EQ(notes_.size(), 2u);
}

TEST_F(RowsTest, WarnsOfAMachineThatChanges) {
  peers_.torch.clear();
  Rows({"micro_batch"});
  EXPECT_THAT(warnings_, IsEmpty());
  setenv("least", "1.3e6", /*overwrite=*/1);
  Rows({"micro_batch"});
  unsetenv("least");
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_THAT(warnings_[0], HasSubstr("by more than 10 % within 2 of 2 processes"));
}

TEST_F(RowsTest, TargetsAreTheFlagships) {
  EXPECT_THAT(Rows({"step"})[0].targets, IsEmpty());
  const auto sizes = Rows({"sizes_2x128", "sizes_1x64"});
  EXPECT_EQ(sizes[0].targets.size(), 1u);
  EXPECT_EQ(sizes[2].targets.size(), 1u);
  options_.task.config = MiniPreset();
  options_.task.config.set_vocab_size(8192);
  const ComparisonRow step = Rows({"step"})[0];
  EXPECT_EQ(TargetText(step, step.entries[1]), "at least 1.80: met");
}

// Each row and number stands in the documentation's table; here, which way round they are.
TEST(TargetsOf, AreOfEachKind) {
  const auto one = [](const char* row, size_t i = 0) { return TargetsOf(row, true).at(i); };
  EXPECT_TRUE(one("one_thread").of_ratio);
  EXPECT_EQ(one("growth_batch").value, 1.3);
  EXPECT_TRUE(one("growth_batch").at_most);
  EXPECT_FALSE(one("peak_share").of_ratio);
  EXPECT_EQ(one("memory_checkpointing").value, 100 << 20);
  EXPECT_EQ(one("tokenizing", 1).program, "tokenizers");
  EXPECT_EQ(one("zoo").value, 1.5);
  EXPECT_EQ(one("zoo memory").value, 2);
  EXPECT_THAT(TargetsOf("checkpointing", true), IsEmpty());
  EXPECT_THAT(TargetsOf("start", false), IsEmpty());
  EXPECT_EQ(TargetsOf("zoo_gpt", false).size(), 1u);
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
