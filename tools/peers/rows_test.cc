#include "tools/peers/rows.h"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/peers/targets.h"

namespace hairpin {
namespace {

using ::testing::AllOf;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
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
    std::remove(TestPath("hairpin.sh.order").c_str());
    std::remove(TestPath("trainer.sh.data").c_str());
    peers_.hairpin = Program("hairpin.sh", R"(
        if grep -q '"threads":1,' $1
        then m=0.5 s=5 p=1e6
        else m=0.25 s=3 p=1.6e6
        fi
        grep -o '"threads":[0-9]*,\|"batch":[0-9]*,' $1 | tr -d '\n' >>$0.order
        echo "{\"micro_batch\": $m, \"step\": $s, \"peak_flops\": $p,"
        echo "\"least_peak_flops\": ${least:-$p}}")");
    peers_.python = Program("python.sh", R"(
        z=3
        for task; do :; done
        if grep -q '"threads":1,' $task; then t=1; else t=0.8; fi
        case $* in *--attention_mask*) t=7 ;; *numpy*) t=1800 ;; *fused*) z=9 ;; esac
        echo "{\"micro_batch\": $t, \"step\": 6, \"parameters\": 4, \"eval_loss\": 1.25,"
        echo "\"seconds\": [80, $((80 + z)), $((80 + 2 * z)), $((80 + 3 * z)),"
        echo "$((80 + 4 * z))]}")");
    // What is logged takes 2 s after a slow beginning; PyTorch takes 3 s, fused 9 s.
    peers_.trainers["train_lstm"] = Program("trainer.sh", R"(
        steps=2000
        for flag; do
          case $flag in
          --out_dir=*) folder=${flag#*=} ;;
          --steps=*) steps=${flag#*=} ;;
          --data=*) echo "${flag#*=}" >>$0.data ;;
          esac
        done
        mkdir $folder
        echo "program: 'train_lstm' parameters: 3 flags { name: 'steps' value: '$steps' }
              flags { name: 'micro_batch' value: '7' }
# CRC-32C: none" >$folder/run.textproto
        for s in 9 11 13 15 17; do echo "{\"seconds\": $s}"; done >$folder/metrics.jsonl
        echo '{"step": 1, "eval_loss": 1.5, "eval_accuracy": 0.5}' >>$folder/metrics.jsonl)");
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
    warnings_ = comparison.warnings;
    return comparison.rows;
  }

  // What Hairpin's tasks were, in their order: "batch" and "threads" of each.
  std::string Order() const { return *ReadFile(peers_.hairpin + ".order"); }

  Peers peers_;
  RowOptions options_;
  std::vector<std::string> notes_, warnings_;
};

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

// By the model's own program, and its faster peer.
TEST_F(RowsTest, StepsOfTheZoo) {
  options_.text = "shakespeare.txt";
  const auto rows = Rows({"zoo_lstm", "zoo_gru", "step"});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].what, "LSTM: a step of 7, 2 threads");
  ASSERT_EQ(rows[0].entries.size(), 2u);
  EXPECT_THAT(rows[0].entries[0].values, ElementsAre(2 / 5.0, 2 / 5.0));
  EXPECT_EQ(rows[0].entries[0].resident_bytes.size(), 2u);
  EXPECT_EQ(rows[0].entries[1].detail, "eager");
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(3 / 5.0, 3 / 5.0));
  EXPECT_EQ(rows[2].what, "the ratios of the zoo's steps");
  EXPECT_THAT(rows[2].entries[0].values, ElementsAre(DoubleEq(1.5), DoubleEq(1.5)));
  EXPECT_EQ(rows[3].what, "the ratios of the zoo's memory");
  EXPECT_THAT(notes_, ElementsAre("LSTM: 3 parameters of Hairpin, 4 of PyTorch",
                                  "GRU: 3 parameters of Hairpin, 4 of PyTorch"));

  options_.quick = true;
  EXPECT_THAT(Rows({"zoo_gru"})[0].entries[0].values, ElementsAre(2, 2)) << "a step a line";
}

TEST_F(RowsTest, EachOfTheZooHasItsData) {
  peers_.torch.clear();
  for (const char* const program : {"train_classifier", "train_embedding"}) {
    peers_.trainers[program] = peers_.trainers["train_lstm"];
  }
  options_.text = "shakespeare.txt";
  options_.lines = "lines.tsv";
  options_.texts = {"one.txt", "two.txt"};
  const auto rows = Rows({"zoo_embedding", "zoo_classifier", "figures_lstm"});
  EXPECT_EQ(rows[0].what, "sentence embedding: a step of 7, 2 threads");
  EXPECT_EQ(*ReadFile(TestPath("trainer.sh.data")),
            "one.txt,two.txt\none.txt,two.txt\nlines.tsv\nlines.tsv\nshakespeare.txt\n");
}

// Once, with the program's own number of steps.
TEST_F(RowsTest, FiguresOfTheZoo) {
  const auto rows = Rows({"figures_lstm"});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].what, "LSTM: loss after 2000 steps");
  EXPECT_THAT(rows[0].entries[0].values, ElementsAre(1.5));
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(1.25));
  EXPECT_EQ(rows[1].name, "figures_lstm_time");
  EXPECT_EQ(rows[1].what, "LSTM: 2000 steps");
  EXPECT_THAT(rows[1].entries[0].values, ElementsAre(17));
  EXPECT_THAT(rows[1].entries[1].values, ElementsAre(92));
  EXPECT_EQ(rows[1].entries[1].resident_bytes.size(), 1u);
}

}  // namespace
}  // namespace hairpin
