// What tests of rows share: peers that answer at once.
#ifndef HAIRPIN_TOOLS_PEERS_ROWS_TEST_UTIL_H_
#define HAIRPIN_TOOLS_PEERS_ROWS_TEST_UTIL_H_

#include <sys/stat.h>

#include <cstdio>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/peers/rows.h"

namespace hairpin {

inline std::string Program(const std::string& name, const std::string& script) {
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

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_ROWS_TEST_UTIL_H_
