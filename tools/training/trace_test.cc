#include "tools/training/trace.h"

#include <string>
#include <vector>

#include "autograd/recording.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "ops/mul.h"
#include "ops/sum.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

TEST(Trace, HasEveryRunInItsPlace) {
  Profile profile({.events = true});
  {
    const Profile::Span span(&profile, "step");
    Recording recording({.observer = &profile});
    const Variable x = recording.Input(Tensor::FromValues<double>({2}, {1, 2}));
    const Scope scope(recording, "net \"0\"");  // quoted
    const Variable factor = recording.Constant(Tensor::FromValues<double>({2}, {3, 4}));
    recording.Backward(Sum(Mul(x, factor)));
  }
  const std::string path = TestPath("trace.json");
  ASSERT_TRUE(WriteTrace(profile, path).ok());
  const nlohmann::json trace = nlohmann::json::parse(*ReadFile(path));
  EXPECT_EQ(trace["displayTimeUnit"], "ms");
  std::vector<std::string> runs;
  double step_begin = -1, step_end = -1;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] != "X") continue;
    runs.push_back(event["cat"].get<std::string>() + " " + event["name"].get<std::string>());
    if (event["name"] == "step") {
      step_begin = event["ts"];
      step_end = step_begin + event["dur"].get<double>();
    }
  }
  EXPECT_THAT(runs, ElementsAre("forward net \"0\" mul", "forward net \"0\" sum",
                                "backward net \"0\" sum", "backward net \"0\" mul", "span step"));
  EXPECT_EQ(step_begin, 0);  // the first to begin
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "M") continue;
    EXPECT_GE(event["ts"], 0);
    // In microseconds of a double.
    EXPECT_LE(event["ts"].get<double>() + event.value("dur", 0.0), step_end + 1e-6);
    if (event["ph"] == "C") {
      EXPECT_EQ(event["args"].size(), 5u);
    }
    if (event["name"] == "net \"0\" mul") {
      EXPECT_EQ(event["args"]["layer"], "net \"0\"");
      EXPECT_EQ(event["args"]["node"], 0);
      EXPECT_GT(event["args"]["MFLOP"], 0);
    }
  }
}

TEST(Trace, AFolderThatIsNotThereIsNamed) {
  const absl::Status status = WriteTrace(Profile(), TestPath("missing/trace.json"));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("missing/trace.json"));
}

}  // namespace
}  // namespace hairpin
