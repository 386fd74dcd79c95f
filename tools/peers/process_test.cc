#include "tools/peers/process.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<ProcessResult> Shell(const std::string& script, const std::string& watched = "") {
  return RunProcess({"sh", "-c", script}, {.watched = watched});
}

TEST(RunProcess, GivesBothOutputsApart) {
  const auto result = Shell("echo out; echo error >&2; cat");  // standard input is empty
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->standard_output, "out\n");
  EXPECT_EQ(result->standard_error, "error\n");
  EXPECT_GT(result->resident_peak_bytes, 100 << 10);
  EXPECT_FALSE(result->seconds_to_watched.has_value());
}

// More than pipes hold, on both at once: whoever reads one to its end first waits forever.
TEST(RunProcess, ReadsAsMuchAsThereIs) {
  const auto result = Shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->standard_output.size(), 300000u);
  EXPECT_EQ(result->standard_error.size(), 300000u);
}

TEST(RunProcess, WatchesForALine) {
  const auto seconds = [](const std::string& script) {
    const auto result = Shell(script, "step 1 ");
    EXPECT_TRUE(result.ok()) << result.status();
    return result->seconds_to_watched;
  };
  EXPECT_TRUE(seconds("echo step 1 of 3 >&2").has_value());
  EXPECT_TRUE(seconds("echo before >&2; echo step 1 of 3 >&2").has_value());
  EXPECT_FALSE(seconds("echo step 1 of 3").has_value());         // not there
  EXPECT_FALSE(seconds("echo a step 1 of 3 >&2").has_value());   // not at its beginning
  EXPECT_FALSE(seconds("printf 'step 1 of' >&2").has_value());   // no whole line
}

TEST(RunProcess, SaysHowAProgramFailed) {
  auto result = Shell("echo much; echo 'ValueError: wrong' >&2; exit 3");
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("sh: found exit code 3, expected 0; its last words:\nValueError: wrong"));
  result = Shell("kill -9 $$");
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("sh: ended by signal 9"));
}

TEST(RunProcess, SaysThatThereIsNoSuchProgram) {
  const auto result = RunProcess({"/none/python3", "x"});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("/none/python3: cannot start: No such file"));
}

// Whether a process runs; one that has ended and nobody waited for does not.
bool Runs(int process) {
  std::ifstream file(absl::StrCat("/proc/", process, "/stat"));
  std::string number, name, state;
  return file >> number >> name >> state && state != "Z";
}

// The process that `script` starts in the background and writes to the file at `path`, after the
// program has been ended; it may take a while to go.
bool GrandchildRuns(const std::string& path) {
  int process = 0;
  std::ifstream(path) >> process;
  EXPECT_GT(process, 0);
  for (int i = 0; i < 200 && Runs(process); ++i) usleep(10000);
  return Runs(process);
}

TEST(RunProcess, EndsAfterItsTimeWithAllThatItStarted) {
  const std::string path = TestPath("grandchild_of_time.txt");
  const auto result = RunProcess({"sh", "-c", "sleep 600 & echo $! >" + path + "; wait"},
                                 {.most_seconds = 0.3});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(result.status().message(), "sh: found no end after 0.3 s, expected one");
  EXPECT_FALSE(GrandchildRuns(path));
}

TEST(RunProcess, EndsWhereASignalAsksForIt) {
  SetStopSignal(SIGTERM);
  const auto result = Shell("sleep 600");
  SetStopSignal(0);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("stopped by SIGTERM"));
}

}  // namespace
}  // namespace hairpin
