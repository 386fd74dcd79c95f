// NaN planted in a weight, on the data's way and in a backward: what is said, what
// is kept, and that the run goes on as if nothing had been.
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tools/training/trainer.h"
#include "tools/training/planter.h"
#include "tools/training/tiny_trainer.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TrainMlmSettings Settings(int64_t steps = 4) {
  TrainMlmSettings settings = TinySettings();
  settings.set_steps(steps);
  settings.set_log_every(0);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  return settings;
}

// Does two steps, then those in which `planter` is on; the message they end with.
std::string StopsWith(const std::string& name, Planter* planter, double clip_norm = 1) {
  TrainMlmSettings settings = Settings();
  settings.set_clip_norm(clip_norm);
  TinyRun run(name, settings);
  Trainer trainer = NewTrainer(run);
  trainer.set_observer(planter);
  planter->on = false;
  EXPECT_TRUE(trainer.Start().ok() && trainer.Step().ok() && trainer.Step().ok());
  planter->on = true;
  const std::string before = trainer.Digest();
  const absl::Status status = trainer.Step();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(trainer.step(), 2);
  EXPECT_EQ(trainer.Digest(), before);
  EXPECT_THAT(*run.folder.Checkpoints(), ElementsAre(run.folder.checkpoint(2)));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("; expected finite numbers; this step changed no parameters; the state "
                        "before it is " +
                        run.folder.checkpoint(2)));
  return std::string(status.message());
}

TEST(TrainerNonFinite, InTheDatasPath) {
  Planter planter("embeddings.token", RunPhase::kForward, 0);
  EXPECT_THAT(StopsWith("data", &planter),
              StartsWith("step 3, micro-batch 0: found a loss of nan; micro-batch 0: found "
                         "embeddings.token: embedding (node 0), forward: output 0 of shape "
                         "[2, 8, 8] has 1 number that is not finite, nan at [0, 0, 0];"));
}

TEST(TrainerNonFinite, InABackward) {
  Planter planter("encoder.0.attention.key", RunPhase::kBackward, 1);
  EXPECT_THAT(
      StopsWith("backward", &planter),
      StartsWith("step 3, found a gradient norm of nan; micro-batch 0: found "
                 "encoder.0.attention.key: linear (node 3), backward: the gradient of parameter "
                 "encoder.0.attention.key.weight of shape [8, 8] has 1 number that is not finite, "
                 "nan at [0, 0]; the gradient came from encoder.0.attention: "));
}

// A weight that is not finite is no good state: it is not saved over one that is.
TEST(TrainerNonFinite, InAWeight) {
  TinyRun run("weight", Settings());
  Trainer trainer = NewTrainer(run);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok());
  ParameterNumbers(trainer.model(), "encoder.0.feed_forward.in.weight")[11] =
      std::numeric_limits<float>::quiet_NaN();
  const std::string message(trainer.Step().message());
  EXPECT_THAT(message, StartsWith("step 2, micro-batch 0: found a loss of nan; micro-batch 0: "
                                  "found encoder.0.feed_forward.in: linear (node "));
  EXPECT_THAT(message, HasSubstr("its parameter encoder.0.feed_forward.in.weight already had 1, "
                                 "nan at [1, 3]; reached from encoder.0.feed_forward_norm"));
  EXPECT_THAT(message, EndsWith("parameter encoder.0.feed_forward.in.weight has 1 number that is "
                                "not finite, nan at [1, 3], so this state is not saved; there is "
                                "no checkpoint yet"));
  EXPECT_THAT(*run.folder.Checkpoints(), IsEmpty());
}

// The state that a stop leaves has the bits of the run that was not disturbed.
TEST(TrainerNonFinite, ResumingGoesOnWithTheSameBits) {
  TinyRun calm("calm", Settings()), disturbed("disturbed", Settings());
  Trainer undisturbed = NewTrainer(calm);
  ASSERT_TRUE(undisturbed.Start().ok() && undisturbed.Train().ok());
  {
    Trainer trainer = NewTrainer(disturbed);
    Planter planter("decoder", RunPhase::kBackward, 1);
    planter.on = false;
    trainer.set_observer(&planter);
    ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok());
    planter.on = true;
    ASSERT_FALSE(trainer.Train().ok());
  }
  Trainer resumed = NewTrainer(disturbed);
  ASSERT_TRUE(resumed.Resume().ok());
  EXPECT_EQ(resumed.step(), 1);
  ASSERT_TRUE(resumed.Train().ok());
  EXPECT_EQ(resumed.Digest(), undisturbed.Digest());
}

TEST(TrainerNonFinite, SkipLeavesStepsOutAndStopsAfterTenInARow) {
  TrainMlmSettings settings = Settings(30);
  settings.set_on_nonfinite("skip");
  TinyRun run("skip", settings);
  Trainer trainer = NewTrainer(run);
  Planter planter("loss", RunPhase::kForward, 0, std::numeric_limits<float>::infinity());
  trainer.set_observer(&planter);
  ASSERT_TRUE(trainer.Start().ok());
  const std::string before = trainer.Digest();
  ::testing::internal::CaptureStderr();
  for (int step = 0; step < 9; ++step) EXPECT_TRUE(trainer.Step().ok());
  EXPECT_EQ(trainer.Digest(), before);
  planter.on = false;
  EXPECT_TRUE(trainer.Step().ok());  // the tenth is fine
  EXPECT_NE(trainer.Digest(), before);
  planter.on = true;
  for (int step = 0; step < 9; ++step) EXPECT_TRUE(trainer.Step().ok());
  const absl::Status status = trainer.Step();
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("step 9, micro-batch 0: found a loss of inf; micro-batch 0: found "
                              "loss: cross_entropy"));
  EXPECT_THAT(said, HasSubstr("; this step is left out\n"));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("; it is the step number 10 in a row;"));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("from which --resume tries 10 more; if all are like this"));
  EXPECT_EQ(trainer.step(), 19);
  EXPECT_THAT(*run.folder.Checkpoints(), ElementsAre(run.folder.checkpoint(19)));
}

// After the ten, the advice is followed: there are ten more, and the run goes on
// where one of them is fine.
TEST(TrainerNonFinite, ResumingAfterTenInARowTriesTenMore) {
  TrainMlmSettings settings = Settings(30);
  settings.set_on_nonfinite("skip");
  settings.set_checkpoint_every(1);  // what is resumed is written before the stop, too
  TinyRun run("ten", settings);
  Planter planter("loss", RunPhase::kForward, 0);
  {
    Trainer trainer = NewTrainer(run);
    trainer.set_observer(&planter);
    ASSERT_TRUE(trainer.Start().ok());
    ASSERT_FALSE(trainer.Train().ok());
    EXPECT_EQ(trainer.step(), 9);
  }
  Trainer resumed = NewTrainer(run);
  resumed.set_observer(&planter);
  ASSERT_TRUE(resumed.Resume().ok());
  for (int step = 0; step < 9; ++step) EXPECT_TRUE(resumed.Step().ok());
  planter.on = false;
  EXPECT_TRUE(resumed.Train().ok());
  EXPECT_EQ(resumed.nonfinite_steps(), 18);
}

TEST(TrainerNonFinite, AStopIsNotOneInARow) {
  TrainMlmSettings settings = Settings(30);
  TinyRun run("stops", settings);
  Trainer trainer = NewTrainer(run);
  Planter planter("loss", RunPhase::kForward, 0);
  trainer.set_observer(&planter);
  ASSERT_TRUE(trainer.Start().ok());
  for (int i = 0; i < 11; ++i) {
    const absl::Status status = trainer.Step();
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("in a row")));
    EXPECT_THAT(std::string(status.message()),
                EndsWith(", from which --resume goes on; --resume --on_nonfinite=skip leaves such "
                         "steps out"));
  }
}

// Every number is finite, but in AdamW's moments the square would not be.
TEST(TrainerNonFinite, AGradientWhoseSquareIsInfinite) {
  Planter planter("encoder.0.attention.key", RunPhase::kBackward, 1, 1e25f);
  EXPECT_THAT(StopsWith("square", &planter, /*clip_norm=*/0),
              StartsWith("step 3, found a gradient norm of "));
  // Clipped it fits.
  TinyRun run("clipped", Settings(1));
  Trainer trainer = NewTrainer(run);
  trainer.set_observer(&planter);
  EXPECT_TRUE(trainer.Start().ok() && trainer.Train().ok());
}

TEST(TrainerNonFinite, SkippedStepsAreCounted) {
  TrainMlmSettings settings = Settings(3);
  settings.set_on_nonfinite("skip");
  settings.set_log_every(1);
  TinyRun run("counted", settings);
  Trainer trainer = NewTrainer(run);
  Planter planter("loss", RunPhase::kForward, 0);
  trainer.set_observer(&planter);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Step().ok());
  planter.on = false;
  ASSERT_TRUE(trainer.Train().ok());
  EXPECT_EQ(trainer.nonfinite_steps(), 1);
  const std::string metrics = *ReadFile(run.folder.metrics());
  EXPECT_THAT(metrics, HasSubstr("{\"step\":1,\"loss\":null,\"masked_accuracy\":null,"
                                 "\"grad_norm\":null,"));
  EXPECT_THAT(metrics, Not(HasSubstr("{\"step\":2,\"loss\":null")));
}

// --check_numbers finds it where it is made, at once: nothing is computed again.
TEST(TrainerNonFinite, CheckNumbersLooksAtEverything) {
  for (const bool check : {false, true}) {
    TrainMlmSettings settings = Settings();
    settings.set_check_numbers(check);
    TinyRun run(check ? "checked" : "unchecked", settings);
    Trainer trainer = NewTrainer(run);
    Planter planter("encoder.0.attention.key", RunPhase::kBackward, 1);
    trainer.set_observer(&planter);
    ASSERT_TRUE(trainer.Start().ok());
    const std::string message(trainer.Step().message());
    EXPECT_THAT(message, HasSubstr("micro-batch 0: found encoder.0.attention.key: linear (node 3), "
                                   "backward: the gradient of parameter"));
    // Without it: two micro-batches, and the first of them again.
    EXPECT_EQ(planter.hits, check ? 1 : 3);
    planter.on = false;
    EXPECT_TRUE(trainer.Step().ok());
  }
}

TEST(TrainerNonFinite, AGradientOfZerosIsWarnedOfAfterAHundredSteps) {
  TinyRun run("zeros", Settings(101));
  Trainer trainer = NewTrainer(run);
  Planter planter("encoder.0.attention.query", RunPhase::kBackward, 1, 0.0f);
  planter.all = true;
  trainer.set_observer(&planter);
  ::testing::internal::CaptureStderr();
  const bool ok = trainer.Start().ok() && trainer.Train().ok();
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(ok);
  EXPECT_THAT(said, HasSubstr("warning: step 100: the gradient of encoder.0.attention.query.weight "
                              "was all zeros for 100 steps"));
  EXPECT_EQ(said.find("warning"), said.rfind("warning"));
}

}  // namespace
}  // namespace hairpin
