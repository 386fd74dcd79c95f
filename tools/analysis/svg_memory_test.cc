#include "tools/analysis/svg_memory.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

TEST(MemoryPicture, ColumnsHoldEveryChangeOnce) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  const MemoryPicture picture(step.memory);
  ASSERT_GT(picture.columns().size(), 50u);
  int64_t next = 0;
  std::set<std::pair<int64_t, RunPhase>> runs;
  for (const MemoryPicture::Column& column : picture.columns()) {
    EXPECT_EQ(column.begin, next);
    EXPECT_GE(column.end, column.begin);
    next = column.end;
    EXPECT_TRUE(runs.insert({column.node, column.phase}).second) << column.name << " twice";
  }
  EXPECT_EQ(next, static_cast<int64_t>(step.memory.changes.size()));
  EXPECT_EQ(picture.columns()[0].name, "ids");
  EXPECT_EQ(picture.columns()[1].scope, "embeddings.token");
}

// A backward's own changes stand beside those of what runs again inside of it, each
// under its own name.
TEST(MemoryPicture, WhatRunsAgainHasItsOwnColumns) {
  StepMemory memory;
  memory.changes.resize(12);
  memory.moments = {{"a", "mul", RunPhase::kForward, 0, 0, 2},
                    {"b", "gelu", RunPhase::kBackward, 1, 2, 10},
                    {"a", "mul", RunPhase::kReplay, 0, 2, 4},
                    {"a", "mul", RunPhase::kReplay, 2, 6, 9}};
  std::string columns;
  const MemoryPicture picture(memory);
  for (const MemoryPicture::Column& column : picture.columns()) {
    columns += column.name + " " + TextOf(column.phase) + " " + std::to_string(column.begin) +
               "-" + std::to_string(column.end) + "\n";
  }
  EXPECT_EQ(columns,
            "ids forward 0-0\nmul forward 0-2\nmul run again 2-4\ngelu backward 4-6\n"
            "mul run again 6-9\ngelu backward 9-12\n");
}

TEST(MemoryPicture, MarksWhatRunsAgain) {
  const StepAnalysis step =
      AnalyzeStep(TinyStepSettings(), TinyStepConfig(), RecomputeSegments());
  const MemoryPicture picture(step.memory);
  int64_t next = 0, again = 0;
  for (const MemoryPicture::Column& column : picture.columns()) {
    EXPECT_EQ(column.begin, next);
    next = column.end;
    again += column.phase == RunPhase::kReplay;
  }
  EXPECT_EQ(next, static_cast<int64_t>(step.memory.changes.size()));
  EXPECT_EQ(again, step.micro_batch.replays);
  std::string origins;
  for (const MemoryPicture::Alive& alive : picture.alive()) origins += alive.origin + "\n";
  EXPECT_THAT(origins, HasSubstr(", run again\n"));
  Svg svg(picture.width(), picture.height());
  picture.Draw(0, &svg);
  EXPECT_THAT(svg.Finish(), HasSubstr(">run again<"));
}

TEST(MemoryPicture, WhatIsAliveAtThePeakIsThePeak) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  int64_t bytes = 0;
  std::string origins;
  const MemoryPicture picture(step.memory);
  for (const MemoryPicture::Alive& alive : picture.alive()) {
    bytes += alive.bytes;
    origins += alive.origin + "\n";
  }
  EXPECT_EQ(bytes, step.memory.peak_total);
  EXPECT_THAT(origins, HasSubstr("all parameters\n"));
  EXPECT_THAT(origins, HasSubstr("encoder.0.feed_forward.in linear\n"));
}

TEST(MemoryPicture, NamesOperationsLayersAndThePeak) {
  const StepAnalysis step = AnalyzeStep(TinyStepSettings(), TinyStepConfig());
  const MemoryPicture picture(step.memory);
  Svg svg(picture.width(), picture.height());
  picture.Draw(0, &svg);
  const std::string text = svg.Finish();
  for (const char* name : {">attention.query linear<", ">encoder.1<", ">decoder linear<",
                           ">forward<", ">backward<", ">peak: ", ">all parameters<"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

// A hundred layers have no room for names, and the picture no room for more.
TEST(MemoryPicture, StaysWithinItsLargestWidth) {
  TrainMlmSettings settings = TinyStepSettings();
  settings.set_layers(100);
  const StepAnalysis step = AnalyzeStep(settings, ConfigOf(settings, 100));
  const MemoryPicture picture(step.memory);
  EXPECT_LE(picture.width(), 6000);
  Svg svg(picture.width(), picture.height());
  picture.Draw(0, &svg);
  EXPECT_THAT(svg.Finish(), testing::Not(HasSubstr(">attention.query linear<")));
}

}  // namespace
}  // namespace hairpin
