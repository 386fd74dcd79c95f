#include "tools/peers/process.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<ProcessResult> Shell(const std::string& script, const std::string& watched = "") {
  return RunProcess({"sh", "-c", script}, watched);
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

}  // namespace
}  // namespace hairpin
