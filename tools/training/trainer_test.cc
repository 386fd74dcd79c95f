#include "tools/training/trainer.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/checkpoint.h"
#include "ops/kernels/target.h"
#include "optim/adamw.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/tiny_trainer.h"
#include "tools/training/toy_task.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// The lines of metrics.jsonl, each as far as its second member's name, which says what it is.
std::vector<std::string> Lines(const RunFolder& folder) {
  std::vector<std::string> lines;
  for (const auto line : absl::StrSplit(*ReadFile(folder.metrics()), '\n', absl::SkipEmpty())) {
    const std::string text(line);
    lines.push_back(text.substr(0, text.find(':', text.find(','))));
  }
  return lines;
}

TEST(Trainer, DoesWhatIsDueAndAllAtTheLastStep) {
  TrainMlmSettings settings = TinySettings();
  settings.set_log_every(2);
  settings.set_eval_every(3);
  settings.set_checkpoint_every(3);
  TinyRun run("due", settings);
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok());
  EXPECT_THAT(Lines(run.folder), ElementsAre("{\"step\":0,\"unigram_loss\""));
  EXPECT_EQ(trainer.step(), 0);
  ASSERT_TRUE(trainer.Train().ok());
  EXPECT_EQ(trainer.step(), 4);
  EXPECT_THAT(Lines(run.folder),
              ElementsAre("{\"step\":0,\"unigram_loss\"", "{\"step\":2,\"loss\"",
                          "{\"step\":3,\"eval_loss\"", "{\"step\":4,\"loss\"",
                          "{\"step\":4,\"eval_loss\""));
  EXPECT_THAT(*run.folder.Checkpoints(),
              ElementsAre(run.folder.checkpoint(4), run.folder.checkpoint(3)));
  EXPECT_GT(trainer.last_step().count, 0);
  EXPECT_GT(trainer.last_evaluation().count, 0);
}

TEST(Trainer, ZeroMeansAtTheEndOnly) {
  TrainMlmSettings settings = TinySettings();
  settings.set_log_every(0);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  TinyRun run("end", settings);
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok());
  ASSERT_TRUE(trainer.Train().ok());
  EXPECT_THAT(Lines(run.folder),
              ElementsAre("{\"step\":0,\"unigram_loss\"", "{\"step\":4,\"loss\"",
                          "{\"step\":4,\"eval_loss\""));
  EXPECT_THAT(*run.folder.Checkpoints(), ElementsAre(run.folder.checkpoint(4)));
}

TEST(Trainer, RateIsTheSchedulesOfTheStepsBefore) {
  TrainMlmSettings settings = TinySettings();
  settings.set_lr(0.5);
  settings.set_warmup_steps(2);
  settings.set_log_every(1);
  TinyRun run("rate", settings);
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok());
  ASSERT_TRUE(trainer.Train().ok());
  std::vector<std::string> rates;
  for (const auto line : absl::StrSplit(*ReadFile(run.folder.metrics()), '\n')) {
    const std::string text(line);
    const size_t begin = text.find("\"lr\":");
    if (begin == std::string::npos) continue;
    rates.push_back(text.substr(begin, text.find(',', begin) - begin));
  }
  EXPECT_THAT(rates, ElementsAre("\"lr\":0.25", "\"lr\":0.5", "\"lr\":0.5", "\"lr\":0.25"));
}

TEST(Trainer, NothingMaskedIsSaidAndChangesNothing) {
  TrainMlmSettings settings = TinySettings();
  settings.set_log_every(1);
  settings.set_vocab(WriteTestFile("known.vocab", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nman\n"));
  std::string unknown;
  for (int line = 0; line < 40; ++line) unknown += "some other words\n";
  // Position 1, which evaluation masks in its first sequence, is unknown as well.
  TinyRun run("nothing", settings,
              {{WriteTestFile("unknown.txt", unknown)},
               {WriteTestFile("known.txt", "other man man man man man\n")}});
  Trainer trainer = NewTrainer(run);
  const std::string before = trainer.Digest();
  ::testing::internal::CaptureStderr();
  const bool ok = trainer.Start().ok() && trainer.Train().ok();
  const std::string said = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(ok);
  EXPECT_EQ(trainer.step(), 4);
  EXPECT_EQ(trainer.Digest(), before);
  EXPECT_EQ(trainer.skipped_steps(), 4);
  EXPECT_THAT(said, HasSubstr("step      1  nothing masked  "));
  EXPECT_THAT(said, HasSubstr("step      4  evaluation nothing masked\n"));
  EXPECT_THAT(said, Not(HasSubstr("nan")));
  const std::string metrics = *ReadFile(run.folder.metrics());
  EXPECT_THAT(metrics, HasSubstr("{\"step\":1,\"loss\":null,\"masked_accuracy\":null,"));
  EXPECT_THAT(metrics, HasSubstr("{\"step\":4,\"eval_loss\":null,\"eval_accuracy\":null}"));
}

TEST(Trainer, OverfittingEndsWhereTheBatchIsLearnt) {
  TrainMlmSettings settings = TinySettings();
  settings.set_overfit_one_batch(true);
  settings.set_accumulation(1);
  settings.set_schedule("constant");
  settings.set_warmup_steps(0);
  settings.set_steps(199);
  settings.set_lr(0.05);
  TinyRun run("overfit", settings);
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok());
  ASSERT_TRUE(trainer.Train().ok());
  EXPECT_LT(trainer.step(), 199);
  EXPECT_LT(trainer.last_step().loss(), 0.1);
  // A run that is resumed at its end is judged by it again.
  EXPECT_EQ(ReadPosition(run.folder.checkpoint(trainer.step()))->state.last_loss(),
            trainer.last_step().loss());
  EXPECT_EQ(trainer.last_evaluation().count, 0);  // there is no evaluation
  EXPECT_THAT(*run.folder.Checkpoints(), ElementsAre(run.folder.checkpoint(trainer.step())));
}

TEST(Trainer, ResumesFromNothingAtStepZero) {
  TinyRun run("zero");
  Trainer trainer = NewTrainer(run);
  ::testing::internal::CaptureStderr();
  const bool ok = trainer.Resume().ok();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "no checkpoint yet: starting from step 0\n");
  ASSERT_TRUE(ok);
  EXPECT_EQ(trainer.step(), 0);
  EXPECT_THAT(Lines(run.folder), ElementsAre("{\"step\":0,\"unigram_loss\""));
}

TEST(Trainer, DoesNotBeginAnewWhereItCannotKnowWhatIsThere) {
  TinyRun run("unlisted");
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Train().ok());
  const std::string lines = *ReadFile(run.folder.metrics());
  const std::string checkpoints = run.folder.path() + "/checkpoints";
  ASSERT_EQ(std::rename(checkpoints.c_str(), (checkpoints + ".kept").c_str()), 0);
  ASSERT_EQ(symlink("checkpoints", checkpoints.c_str()), 0);
  const absl::Status resumed = NewTrainer(run).Resume();
  EXPECT_EQ(resumed.message().find("--resume: " + checkpoints + ": cannot read the folder"), 0u)
      << resumed;
  EXPECT_EQ(*ReadFile(run.folder.metrics()), lines);
}

// Killed between a checkpoint and the removal of an old one.
TEST(Trainer, ResumedItRemovesOldCheckpoints) {
  TinyRun run("old");
  MiniBert model({}, run.config());
  AdamW optimizer(DecayMatricesOnly(model, 0));
  for (const int step : {1, 2, 3, 4}) {
    ASSERT_TRUE(
        WriteTraining(run.folder.checkpoint(step), {model, model.config(), optimizer}, step, {})
            .ok());
  }
  ASSERT_TRUE(NewTrainer(run).Resume().ok());
  EXPECT_THAT(*run.folder.Checkpoints(),
              ElementsAre(run.folder.checkpoint(4), run.folder.checkpoint(3)));
}

TEST(Trainer, WarnsWhereAnotherTargetComputed) {
  TinyRun run("target");
  MiniBert model({}, run.config());
  AdamW optimizer(DecayMatricesOnly(model, 0));
  TrainingState state;
  const auto resumed = [&](const std::string& target) {
    state.set_target(target);
    const std::string path = run.folder.checkpoint(2);
    EXPECT_TRUE(WriteTraining(path, {model, model.config(), optimizer}, 2, state).ok());
    ::testing::internal::CaptureStderr();
    Trainer trainer = NewTrainer(run);
    const absl::Status status = trainer.Resume();
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(trainer.step(), 2);
    return said;
  };
  ASSERT_TRUE(NewTrainer(run).Start().ok());
  EXPECT_THAT(resumed("ABACUS"),
              HasSubstr("warning: it was computed with ABACUS, this machine uses "));
  EXPECT_EQ(resumed(KernelTargetName()), "resuming from " + run.folder.checkpoint(2) + "\n");
}

// The rate of three steps against that of the same three and one more: at least three
// quarters of it, whatever the clock says, unless the evaluations count.
TEST(Trainer, TokensPerSecondAreThoseOfTrainingAlone) {
  TrainMlmSettings settings = TinySettings();
  settings.set_log_every(0);
  settings.set_eval_every(1);
  settings.set_checkpoint_every(0);
  TinyRun run("shown", settings,
              {{WriteTestFile("shown.txt", TinyText(200))},
               {WriteTestFile("long.txt", TinyText(2000))}});
  std::optional<Progress> progress(std::in_place, /*terminal=*/true);
  Trainer trainer(CommonSettings(run.settings), run.NewTask(), run.folder, *progress);
  std::string said;
  bool ok = trainer.Start().ok();
  for (int step = 0; step < 3; ++step) {
    progress.emplace(/*terminal=*/true);  // which shows its first update, however soon it comes
    ::testing::internal::CaptureStderr();
    ok = ok && trainer.Step().ok();
    said = ::testing::internal::GetCapturedStderr();
  }
  ok = ok && trainer.Step().ok();
  ASSERT_TRUE(ok);
  double shown = 0;
  ASSERT_EQ(std::sscanf(said.c_str(), "step 3 of 4  loss %*f  %lf tokens/s", &shown), 1) << said;
  const std::string metrics = *ReadFile(run.folder.metrics());
  const std::string name = "\"tokens_per_second\":";
  ASSERT_NE(metrics.find(name), std::string::npos);
  const double logged =
      std::strtod(metrics.c_str() + metrics.find(name) + name.size(), nullptr);
  EXPECT_GE(shown, 0.74 * logged);
}

// y = 3 x by one weight, with the loss alone, a term and no baselines; killed after half of the
// steps and resumed, the bits are the same.
TEST(Trainer, TrainsAnyTaskAndResumesIt) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_steps(40);
  settings.set_lr(0.3);
  settings.set_log_every(20);
  settings.set_eval_every(20);
  settings.set_checkpoint_every(20);
  Progress progress(/*terminal=*/false);
  const auto folder = [](const char* name) {
    RunFolder folder(TestPath(name));
    EXPECT_TRUE(folder.MakeFolders().ok());
    return folder;
  };
  const RunFolder whole = folder("toy_whole"), halves = folder("toy_halves");
  ToyTask task({}), first({}), second({});
  ::testing::internal::CaptureStderr();
  Trainer trainer(settings, task, whole, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Train().ok());
  Trainer until_killed(settings, first, halves, progress);
  ASSERT_TRUE(until_killed.Start().ok());
  for (int step = 0; step < 25; ++step) ASSERT_TRUE(until_killed.Step().ok());
  Trainer resumed(settings, second, halves, progress);
  ASSERT_TRUE(resumed.Resume().ok());
  EXPECT_EQ(resumed.step(), 20);
  ASSERT_TRUE(resumed.Train().ok());
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(resumed.Digest(), trainer.Digest());
  EXPECT_NEAR(ParameterNumbers(task.model(), "weight")[0], 3, 0.1);
  EXPECT_LT(trainer.last_evaluation().loss(), 1);
  EXPECT_EQ(trainer.last_evaluation().count, 8);
  EXPECT_THAT(said, HasSubstr(" numbers/s  "));
  EXPECT_THAT(said, Not(HasSubstr("accuracy")));
  for (const RunFolder* run : {&whole, &halves}) {
    EXPECT_THAT(Lines(*run),
                ElementsAre("{\"step\":20,\"loss\"", "{\"step\":20,\"eval_loss\"",
                            "{\"step\":40,\"loss\"", "{\"step\":40,\"eval_loss\""));
    EXPECT_THAT(*ReadFile(run->metrics()), HasSubstr(",\"eval_x\":5}\n"));
  }
}

TEST(TrainerDeathTest, StepsOnlyAfterStart) {
  TinyRun run("unstarted");
  Trainer trainer = NewTrainer(run);
  EXPECT_DEATH((void)trainer.Step(), "Step before Start or Resume");
}

}  // namespace
}  // namespace hairpin
