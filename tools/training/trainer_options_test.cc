// Options of a training on a task of one weight, y = 3 x: what they do to that weight.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "nn/checkpoint.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/run_hold.h"
#include "tools/training/tiny_run.h"
#include "tools/training/toy_task.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

// The first gradient of w is some -30: a step of gradient descent is the rate times what is left.
TEST(TrainerOptions, ClipsGradientsByValue) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_steps(1);
  settings.set_warmup_steps(0);
  settings.set_optimizer("sgd");
  settings.set_momentum(0);
  settings.set_lr(0.1);
  settings.set_clip_norm(0);
  settings.set_clip_value(0.5);
  Progress progress(/*terminal=*/false);
  const RunFolder folder(TestPath("clipped"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  ToyTask task({});
  Trainer trainer(settings, task, folder, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Train().ok());
  EXPECT_FLOAT_EQ(ParameterNumbers(task.model(), "weight")[0], 0.1f * 0.5f);
}

// What can't be read now may be whole: it is not set aside, and no older one taken for it.
TEST(TrainerOptions, OnlyDamageIsPassedOver) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_checkpoint_every(1);
  Progress progress(/*terminal=*/false);
  const RunFolder folder(TestPath("unreadable"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  ToyTask task({});
  Trainer trainer(settings, task, folder, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok() && trainer.Step().ok());
  const auto resumed = [&] {
    ToyTask again({});
    return std::string(Trainer(settings, again, folder, progress).Resume().message());
  };
  const std::string newest = folder.checkpoint(2), kept = TestPath("kept");
  ASSERT_EQ(rename(newest.c_str(), kept.c_str()), 0);
  ASSERT_TRUE(CreateFolders(newest).ok());  // in its place, as a file that can't be opened
  EXPECT_EQ(resumed().find("--resume: " + newest), 0u) << resumed();
  EXPECT_EQ(folder.Checkpoints()->size(), 2u);
  ASSERT_EQ(std::remove(newest.c_str()), 0);
  ASSERT_EQ(rename(kept.c_str(), folder.checkpoint(9).c_str()), 0);
  EXPECT_EQ(resumed(), "--resume: " + folder.checkpoint(9) +
                           ": found step 2 in it, expected that of its name");
  ASSERT_EQ(rename(folder.checkpoint(9).c_str(), newest.c_str()), 0);
  EXPECT_EQ(resumed(), "");
}

// Nothing is set aside or removed for a checkpoint that the run can't go on from.
TEST(TrainerOptions, ResumesWhollyOrNotAtAll) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_checkpoint_every(1);
  settings.set_log_every(1);
  settings.set_keep(3);
  Progress progress(/*terminal=*/false);
  const RunFolder folder(TestPath("short"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  ToyTask task({}), first({}), second({});
  Trainer trainer(settings, task, folder, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok() && trainer.Step().ok() &&
              trainer.Step().ok());
  ASSERT_TRUE(WriteFileAtomically(folder.checkpoint(3), "rotten").ok());
  const std::string lines = *ReadFile(folder.metrics()), cut = lines.substr(0, 5);
  ASSERT_TRUE(WriteFileAtomically(folder.metrics(), cut).ok());
  settings.set_keep(1);
  EXPECT_EQ(Trainer(settings, first, folder, progress).Resume().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(folder.Checkpoints()->size(), 3u);
  EXPECT_EQ(*ReadFile(folder.metrics()), cut);
  ASSERT_TRUE(WriteFileAtomically(folder.metrics(), lines).ok());
  ASSERT_TRUE(Trainer(settings, second, folder, progress).Resume().ok());
  EXPECT_EQ(*folder.Checkpoints(), std::vector{folder.checkpoint(2)});
  EXPECT_EQ(*ReadFile(folder.checkpoint(3) + ".damaged"), "rotten");
}

// What lies at the path of a run that was moved is another's.
TEST(TrainerOptions, WritesNothingIntoAnotherRunsFolder) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_steps(4);
  settings.set_checkpoint_every(2);
  Progress progress(/*terminal=*/false);
  RunFolder folder(TestPath("held"));
  const absl::StatusOr<RunHold> hold = RunHold::New(folder, {});
  ASSERT_TRUE(hold.ok());
  ToyTask task({});
  Trainer trainer(settings, task, folder, progress);
  folder.set_guard([&] { return hold->Check(); });
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok() && trainer.Step().ok());
  const std::string moved = TestPath("held_elsewhere");
  ASSERT_EQ(rename(folder.path().c_str(), moved.c_str()), 0);
  ASSERT_TRUE(RunHold::New(RunFolder(folder.path()), {}).ok());
  const absl::Status trained = trainer.Train();
  EXPECT_EQ(trained.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(trained.message().find("which was moved"), trained.message().npos) << trained;
  EXPECT_TRUE(folder.Checkpoints()->empty());
  EXPECT_EQ(RunFolder(moved).Checkpoints()->size(), 1u);
}

// y = 3 x again, with --ema: the average is evaluated and is the checkpoint's model; training goes
// on from its own weight, to the same bits after it was killed.
TEST(TrainerOptions, EvaluatesAndSavesTheAverage) {
  TrainingSettings settings = CommonSettings(TinySettings());
  settings.set_steps(30);
  settings.set_lr(0.3);
  settings.set_ema(0.7);
  settings.set_checkpoint_every(10);
  Progress progress(/*terminal=*/false);
  const RunFolder whole(TestPath("average")), halves(TestPath("average_halves"));
  ASSERT_TRUE(whole.MakeFolders().ok() && halves.MakeFolders().ok());
  ToyTask task({}), first({}), second({});
  Trainer trainer(settings, task, whole, progress);
  ASSERT_TRUE(trainer.Start().ok());
  double average = 0;
  for (int step = 1; step <= 30; ++step) {
    ASSERT_TRUE(trainer.Step().ok());
    const double decay = step == 1 ? 0 : std::min(0.7, (1.0 + step) / (10 + step));
    average = decay * average + (1 - decay) * ParameterNumbers(task.model(), "weight")[0];
  }
  const double trained = ParameterNumbers(task.model(), "weight")[0];
  ASSERT_GT(std::abs(trained - average), 1e-3);  // one can tell them apart
  {
    const std::unique_ptr<AveragedWeights> averaged = trainer.AverageInModel();
    EXPECT_NEAR(ParameterNumbers(task.model(), "weight")[0], average, 1e-6);
  }
  EXPECT_EQ(ParameterNumbers(task.model(), "weight")[0], trained);
  // 0, ..., 9 without multiples of 5: 260 is the sum of their squares, 8 their number.
  const double loss = (average - 3) * (average - 3) * 260 / 8;
  EXPECT_NEAR(trainer.last_evaluation().loss(), loss, 1e-4 * loss);

  ToyTask other({});
  nn::StateDict model = nn::ParameterState(other.model());
  ASSERT_TRUE(nn::ReadCheckpoint(whole.checkpoint(30), &model).ok());
  EXPECT_NEAR(ParameterNumbers(other.model(), "weight")[0], average, 1e-6);

  Trainer until_killed(settings, first, halves, progress);
  ASSERT_TRUE(until_killed.Start().ok());
  for (int step = 0; step < 15; ++step) ASSERT_TRUE(until_killed.Step().ok());
  Trainer resumed(settings, second, halves, progress);
  ASSERT_TRUE(resumed.Resume().ok());
  EXPECT_EQ(resumed.step(), 10);
  ASSERT_TRUE(resumed.Train().ok());
  EXPECT_EQ(resumed.Digest(), trainer.Digest());
  EXPECT_EQ(resumed.last_evaluation().loss(), trainer.last_evaluation().loss());
}

}  // namespace
}  // namespace hairpin
