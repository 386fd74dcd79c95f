#include "tools/training/mlm_settings.h"

#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Each flag of the table is a field, and each default that is not in brackets
// is accepted by its own flag.
TEST(TrainMlmFlags, TableAndMessageAgree) {
  TrainMlmSettings settings;
  int fields = TrainMlmSettings::descriptor()->field_count();
  EXPECT_EQ(static_cast<int>(TrainMlmFlags().size()), fields);
  for (const FlagSpec& flag : TrainMlmFlags()) {
    ASSERT_NE(TrainMlmSettings::descriptor()->FindFieldByName(flag.name), nullptr) << flag.name;
    if (flag.default_text[0] == '[') continue;
    EXPECT_TRUE(SetFlag(flag, flag.default_text, &settings).ok()) << flag.name;
  }
  const std::string help = FlagHelp("usage\n", TrainMlmFlags());
  EXPECT_THAT(help, HasSubstr("vocab.txt, with [PAD] [UNK] [CLS] [SEP] [MASK] in its first five"));
  for (const FlagSpec& flag : TrainMlmFlags()) {
    EXPECT_THAT(help, HasSubstr(std::string("--") + flag.name + " "));
  }
}

TEST(Settings, ResolveAndResume) {
  TrainMlmSettings settings;
  ASSERT_TRUE(ResolveSettings(&settings).ok());
  EXPECT_EQ(settings.packing(), "line");  // the sample's
  EXPECT_EQ(settings.warmup_steps(), (settings.steps() + 19) / 20);
  TrainMlmSettings given;
  given.set_lr(1e-3);
  given.set_threads(7);
  given.set_log_every(3);
  const auto run_of = [](const TrainMlmSettings& settings) {
    ::hairpin::Run run;
    *run.mutable_settings() = settings;
    return run;
  };
  EXPECT_TRUE(CheckResumeFlags(TrainMlmRules(), given, run_of(settings)).ok());
  given.set_lr(5e-4);
  EXPECT_THAT(std::string(CheckResumeFlags(TrainMlmRules(), given, run_of(settings)).message()),
              HasSubstr("--lr: found 0.0005, expected 0.001"));
  TrainMlmSettings longer;
  longer.set_steps(99999);
  EXPECT_FALSE(CheckResumeFlags(TrainMlmRules(), longer, run_of(settings)).ok());
  settings.set_schedule("constant");
  EXPECT_TRUE(CheckResumeFlags(TrainMlmRules(), longer, run_of(settings)).ok());
}

TEST(Settings, TextAndSampleHaveTheirOwnDefaults) {
  TrainMlmSettings sample, text;
  text.set_data("novels.txt");
  text.set_hidden(64);
  ASSERT_TRUE(ResolveSettings(&sample).ok());
  ASSERT_TRUE(ResolveSettings(&text).ok());
  EXPECT_TRUE(UsesSample(sample));
  EXPECT_FALSE(UsesSample(text));
  EXPECT_EQ(sample.packing(), "line");
  EXPECT_EQ(text.packing(), "stream");
  EXPECT_EQ(sample.steps(), 1200);
  EXPECT_EQ(text.steps(), 4000);
  EXPECT_EQ(text.warmup_steps(), 200);
  EXPECT_EQ(ConfigOf(text, 77).ShortDebugString(),
            "layers: 3 hidden: 64 heads: 4 intermediate: 768 seq_len: 64 vocab_size: 77");
}

TEST(Settings, ThatDoNotFitTogetherAreNamed) {
  const auto error = [](const auto& change) {
    TrainMlmSettings settings;
    change(settings);
    return std::string(ResolveSettings(&settings).message());
  };
  EXPECT_EQ(error([](TrainMlmSettings& s) { s.set_preset("maxi"); }),
            "--preset: found 'maxi', expected mini");
  EXPECT_EQ(error([](TrainMlmSettings& s) { s.set_packing("bag"); }),
            "--packing: found 'bag', expected stream or line");
  EXPECT_EQ(error([](TrainMlmSettings& s) { s.set_schedule("steep"); }),
            "--schedule: found 'steep', expected linear, cosine, constant, cosine_with_restarts, "
            "one_cycle or warmup_stable_decay");
  EXPECT_EQ(error([](TrainMlmSettings& s) { s.set_optimizer("newton"); }),
            "--optimizer: found 'newton', expected adamw, adam, sgd, rmsprop, adagrad, lion or "
            "muon");
  EXPECT_EQ(error([](TrainMlmSettings& s) { s.set_heads(5); }),
            "--hidden: found 192, expected a multiple of --heads, 5");
  EXPECT_THAT(error([](TrainMlmSettings& s) {
                s.set_micro_batch(65536);
                s.set_seq_len(65536);
              }),
              HasSubstr("--micro_batch: found 65536 sequences of 65536 tokens, expected at most"));
}

TEST(Settings, FlagsThatChangeNoBitsAreTakenOver) {
  TrainMlmSettings run, given;
  run.set_lr(1e-3);
  run.set_keep(2);
  given.set_lr(5e-4);
  given.set_keep(7);
  given.set_steps(9);
  ApplyHarmlessFlags(TrainMlmRules(), given, &run);
  EXPECT_EQ(run.ShortDebugString(), "steps: 9 lr: 0.001 keep: 7");
}

TEST(Settings, OverfittingHasItsOwn) {
  TrainMlmSettings settings;
  settings.set_overfit_one_batch(true);
  TrainMlmSettings again;
  ASSERT_TRUE(ResolveSettings(&settings).ok());
  EXPECT_EQ(settings.steps(), 199);
  EXPECT_EQ(settings.accumulation(), 1);
  EXPECT_EQ(settings.schedule(), "constant");
  again = settings;  // as when it is resumed
  EXPECT_TRUE(ResolveSettings(&again).ok());
  again.set_accumulation(4);
  EXPECT_THAT(std::string(ResolveSettings(&again).message()),
              HasSubstr("--accumulation: found 4, expected 1 with --overfit_one_batch"));
}

TEST(Paths, OfARunAreAbsolute) {
  TrainMlmSettings settings;
  settings.set_data("a.txt,/b/c.txt,../d.txt");
  MakePathsAbsolute(TrainMlmRules(), "/home/somebody", &settings);
  EXPECT_EQ(settings.data(), "/home/somebody/a.txt,/b/c.txt,/home/d.txt");
  EXPECT_FALSE(settings.has_vocab());
}

// A folder's name, a file's: written as it is read again.
TEST(Paths, MayHaveCommasOfTheirOwn) {
  TrainMlmSettings settings;
  settings.set_data("a.txt,b\\,c.txt,d\\e\\");
  settings.set_vocab("v,w");
  MakePathsAbsolute(TrainMlmRules(), "/my,home", &settings);
  EXPECT_EQ(settings.data(), "/my\\,home/a.txt,/my\\,home/b\\,c.txt,/my\\,home/d\\e\\");
  EXPECT_THAT(PathsOf(TrainMlmRules(), "data", settings),
              ElementsAre("/my,home/a.txt", "/my,home/b,c.txt", "/my,home/d\\e\\"));
  EXPECT_THAT(PathsOf(TrainMlmRules(), "vocab", settings), ElementsAre("/my,home/v,w"));
  EXPECT_THAT(PathsOf(TrainMlmRules(), "eval_data", settings), IsEmpty());
  const std::string data = settings.data();
  MakePathsAbsolute(TrainMlmRules(), "/elsewhere", &settings);
  EXPECT_EQ(settings.data(), data);
}

TEST(Paths, AreSplitAtCommas) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/somebody", 1);
  EXPECT_THAT(SplitPaths("a.txt,,/b/c.txt"), ElementsAre("/home/somebody/a.txt", "/b/c.txt"));
  EXPECT_THAT(SplitPaths(","), IsEmpty());
  EXPECT_EQ(UserFolder(), "/home/somebody/");
  unsetenv("BUILD_WORKING_DIRECTORY");
}

}  // namespace
}  // namespace hairpin
