#include "tools/training/stop.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/run.pb.h"
#include "tools/training/toy_task.h"
#include "tools/training/trainer.h"

namespace hairpin {
namespace {

using ::testing::MatchesRegex;

// What waitpid says of a process that does `work`.
int StatusOf(void (*work)()) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    work();
    _exit(7);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(StopTest, TheFirstSignalAsksAndTheSecondEnds) {
  int status = StatusOf([] {
    CatchStopSignals();
    if (StopAsked()) return;
    raise(SIGTERM);
    if (StopAsked()) _exit(StopExitCode());
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 143);
  status = StatusOf([] {
    CatchStopSignals();
    raise(SIGINT);
    if (StopExitCode() == 130) raise(SIGINT);
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
  status = StatusOf([] {
    std::signal(SIGINT, SIG_IGN);
    CatchStopSignals();
    raise(SIGINT);
    if (!StopAsked()) _exit(3);
  });
  EXPECT_EQ(WEXITSTATUS(status), 3);
  status = StatusOf([] {
    CatchStopSignals();
    raise(SIGHUP);
    if (StopError("x").message() == "stopped by SIGHUP: x") _exit(StopExitCode());
  });
  EXPECT_EQ(WEXITSTATUS(status), 129);
  status = StatusOf([] {  // what was ignored stays so after another signal
    std::signal(SIGINT, SIG_IGN);
    CatchStopSignals();
    raise(SIGTERM);
    raise(SIGINT);
    _exit(4);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 4);
}

TEST(StopTest, ASignalSaysWhatItWaitsFor) {
  static const std::string* const said = new std::string(TestPath("said"));
  const int status = StatusOf([] {
    if (std::freopen(said->c_str(), "w", stderr) == nullptr) _exit(1);
    CatchStopSignals();
    SetUnderWay("the micro-batch");
    raise(SIGINT);
  });
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(*ReadFile(*said), "stopping after the micro-batch; a second signal ends at once\n");
}

TEST(StopTest, ASignalWaitsForNobodyWhoReadsWhatItSays) {
  const int status = StatusOf([] {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0 || dup2(ends[1], STDERR_FILENO) < 0) _exit(1);
    while (write(ends[1], "x", 1) == 1) {  // until it takes no more
    }
    if (fcntl(ends[1], F_SETFL, 0) != 0) _exit(2);  // now a write would wait
    alarm(20);
    CatchStopSignals();
    raise(SIGINT);
    if (StopAsked()) _exit(6);
  });
  EXPECT_TRUE(WIFEXITED(status)) << "it waited";
  EXPECT_EQ(WEXITSTATUS(status), 6);
}

TEST(StopTest, AReaderThatIsGoneAndALimitOfSizeAreErrorsOfAWrite) {
  const int status = StatusOf([] {
    CatchStopSignals();
    raise(SIGPIPE);
    raise(SIGXFSZ);
    if (!StopAsked()) _exit(5);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

// Asks to stop when something is loaded, recorded or evaluated for the `at`-th time; 0: never.
class StoppingTask final : public ToyTask {
 public:
  StoppingTask() : ToyTask({}) {}
  absl::Status Load(int64_t first_sample, int micro_batch) override {
    Count();
    return ToyTask::Load(first_sample, micro_batch);
  }
  absl::StatusOr<int64_t> LoadEvaluation(int64_t first_record) override {
    Count();
    return ToyTask::LoadEvaluation(first_record);
  }
  TaskLoss Record(Recording& recording, int micro_batch) override {
    Count();
    return ToyTask::Record(recording, micro_batch);
  }
  absl::StatusOr<std::vector<Metric>> EvaluationMetrics() override {
    Count();
    if (StopAsked()) return StopError("in what an evaluation tells");
    return ToyTask::EvaluationMetrics();
  }
  void StopAt(int at) {
    SetStopSignal(0);
    counted_ = 0;
    at_ = at;
  }
  int counted() const { return counted_; }

 private:
  void Count() {
    if (++counted_ == at_) SetStopSignal(SIGINT);
  }
  int counted_ = 0, at_ = 0;
};

TrainingSettings Settings() {
  TrainingSettings settings;
  settings.set_steps(7);
  settings.set_micro_batch(2);
  settings.set_accumulation(2);
  settings.set_lr(0.3);
  settings.set_schedule("constant");
  settings.set_beta1(0.9);
  settings.set_beta2(0.999);
  settings.set_adam_epsilon(1e-8);
  settings.set_log_every(2);
  settings.set_eval_every(3);
  settings.set_checkpoint_every(5);
  settings.set_keep(2);
  return settings;
}

std::string Metrics(const RunFolder& folder) {
  static const std::regex timings(
      ",\"(numbers_per_second|ms_per_micro_batch|rss_mb|seconds)\":[^,}]*");
  return std::regex_replace(*ReadFile(folder.metrics()), timings, "");
}

// Stopped at whatever is loaded, and resumed: the same bits and lines.
TEST(StopTest, ATrainingThatIsStoppedAnywhereGoesOnWithItsBits) {
  const RunFolder whole(TestPath("whole"));
  ASSERT_TRUE(whole.MakeFolders().ok());
  Progress progress(/*terminal=*/false);
  StoppingTask undisturbed;
  Trainer trainer(Settings(), undisturbed, whole, progress);
  ASSERT_TRUE(trainer.Start().ok() && trainer.Train().ok());
  const int counted = undisturbed.counted();
  ASSERT_GT(counted, 2 * (7 * 2 + 2 * 4));
  for (int at = 1; at <= counted; ++at) {
    const RunFolder folder(TestPath("stopped" + std::to_string(at)));
    ASSERT_TRUE(folder.MakeFolders().ok());
    StoppingTask first, second;
    first.StopAt(at);
    Trainer stopped(Settings(), first, folder, progress);
    ASSERT_TRUE(stopped.Start().ok());
    const absl::Status status = stopped.Train();
    SetStopSignal(0);
    EXPECT_TRUE(absl::IsCancelled(status)) << at << " " << status;
    EXPECT_THAT(std::string(status.message()),
                MatchesRegex("stopped by SIGINT: (saved after step [1-7] of 7|before the first "
                             "step was done); --resume --out_dir=.*/stopped[0-9]+ goes on"));
    Trainer resumed(Settings(), second, folder, progress);
    ASSERT_TRUE(resumed.Resume().ok()) << at;
    EXPECT_EQ(stopped.step(), resumed.step()) << at;
    ASSERT_TRUE(resumed.Train().ok()) << at;
    EXPECT_EQ(resumed.Digest(), trainer.Digest()) << at;
    EXPECT_EQ(Metrics(folder), Metrics(whole)) << at;
  }
}

}  // namespace
}  // namespace hairpin
