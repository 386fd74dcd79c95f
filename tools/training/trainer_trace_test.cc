// The trace of a training: of some steps, also where the run stops among them.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/trainer.h"
#include "tools/training/planter.h"
#include "tools/training/tiny_trainer.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

TrainMlmSettings Settings(int64_t steps) {
  TrainMlmSettings settings = TinySettings();
  settings.set_steps(steps);
  settings.set_log_every(0);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  return settings;
}

int Count(const std::string& in, const std::string& text) {
  int n = 0;
  for (size_t at = in.find(text); at != std::string::npos; at = in.find(text, at + 1)) ++n;
  return n;
}

TEST(TrainerTrace, ATraceOfSomeSteps) {
  TrainMlmSettings settings = Settings(6);
  settings.set_trace(TestPath("steps.json"));
  settings.set_trace_steps(2);
  TinyRun run("traced", settings), plain("plain", Settings(6));
  Trainer trainer = NewTrainer(run), untraced = NewTrainer(plain);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Train().ok());
  ASSERT_TRUE(untraced.Start().ok() && untraced.Train().ok());
  EXPECT_EQ(trainer.Digest(), untraced.Digest());
  const std::string trace = *ReadFile(settings.trace());
  EXPECT_EQ(Count(trace, "{\"name\":\"step\",\"cat\":\"span\""), 2);
  EXPECT_EQ(Count(trace, "{\"name\":\"micro-batch\""), 4);
  EXPECT_EQ(Count(trace, "{\"name\":\"encoder.0.feed_forward gelu\",\"cat\":\"forward\""), 4);
  EXPECT_EQ(Count(trace, "{\"name\":\"optimizer\""), 2);
}

TEST(TrainerTrace, IsWrittenWhereTheRunStops) {
  TrainMlmSettings settings = Settings(6);
  settings.set_trace(TestPath("stop.json"));
  TinyRun run("stop", settings);
  Trainer trainer = NewTrainer(run);
  Planter planter("decoder", RunPhase::kBackward, 1);
  planter.on = false;
  // The trace has begun when the third step fails.
  class Breaker final : public Observer {
   public:
    explicit Breaker(Planter& planter) : planter_(planter) {}
    void Begin(const OperationRun& run) override {
      if (run.node == 0 && run.phase == RunPhase::kForward && ++begins_ > 4) planter_.on = true;
    }
    void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
      planter_.Results(run, results);
    }

   private:
    Planter& planter_;
    int begins_ = 0;  // of micro-batches
  } breaker(planter);
  trainer.set_observer(&breaker);
  ::testing::internal::CaptureStderr();
  const bool started = trainer.Start().ok();
  const absl::Status status = trainer.Train();
  const std::string said = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(started);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(trainer.step(), 2);
  EXPECT_THAT(said, HasSubstr("trace of steps 2 to 3: " + settings.trace() + "\n"));
  EXPECT_EQ(Count(*ReadFile(settings.trace()), "{\"name\":\"step\",\"cat\":\"span\""), 2);
}

// A training's steps are worth more than a picture of them.
TEST(TrainerTrace, ThatCannotBeWrittenEndsNoTraining) {
  TrainMlmSettings settings = Settings(3);
  settings.set_trace(TestPath("none/trace.json"));
  TinyRun run("no_trace", settings);
  Trainer trainer = NewTrainer(run);
  ::testing::internal::CaptureStderr();
  const absl::Status status = trainer.Start().ok() ? trainer.Train() : absl::InternalError("start");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("warning: --trace: " + settings.trace()));
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(trainer.step(), 3);
}

TEST(TrainerTrace, SaysWhereThereIsNoSecondStep) {
  TrainMlmSettings settings = Settings(1);
  settings.set_trace(TestPath("one.json"));
  TinyRun run("one", settings);
  Trainer trainer = NewTrainer(run);
  ::testing::internal::CaptureStderr();
  const bool ok = trainer.Start().ok() && trainer.Train().ok();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("no trace: it begins at the second step, and there was one only\n"));
  EXPECT_TRUE(ok);
  EXPECT_FALSE(ReadFile(settings.trace()).ok());
}

}  // namespace
}  // namespace hairpin
