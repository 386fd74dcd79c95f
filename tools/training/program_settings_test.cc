#include "tools/training/program_settings.h"

#include <string>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

// A program whose settings are the common ones, with other steps and a rate in brackets.
constexpr FlagSpec kOwn[] = {
    {"Training", "steps", "77", "optimizer steps", 1, 100},
    {"Training", "lr", "[a guess]", "highest learning rate", 0, 1},
};

absl::Status Resolve(google::protobuf::Message* settings);

const SettingsRules& Rules() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(kOwn);
  static const SettingsRules rules = {.program = "train_toy",
                                      .flags = flags,
                                      .paths = {"trace"},
                                      .resolve = Resolve,
                                      .set_by_data = "keep",
                                      .least = 1};
  return rules;
}

absl::Status Resolve(google::protobuf::Message* message) {
  auto& settings = static_cast<TrainingSettings&>(*message);
  if (!settings.has_lr()) settings.set_lr(1.0 / 3);
  return ResolveTraining(Rules().flags, message);
}

TrainingSettings Resolved(TrainingSettings settings) {
  EXPECT_TRUE(Resolve(&settings).ok());
  return settings;
}

TEST(TrainingFlags, OwnOnesTakeThePlaceOfCommonOnes) {
  EXPECT_EQ(static_cast<int>(Rules().flags.size()), TrainingSettings::descriptor()->field_count());
  const TrainingSettings settings = Resolved({});
  EXPECT_EQ(settings.steps(), 77);
  EXPECT_EQ(settings.lr(), 1.0 / 3);
  EXPECT_EQ(settings.warmup_steps(), 4);
  EXPECT_EQ(settings.optimizer(), "adamw");
  EXPECT_GE(settings.threads(), 1);
}

// Resolving again changes nothing, so a resumed run has what it had.
TEST(TrainingFlags, ResolvedIsResolved) {
  const TrainingSettings settings = Resolved({});
  EXPECT_EQ(Resolved(settings).SerializeAsString(), settings.SerializeAsString());
}

TEST(ProgramSettings, GoThroughTheRecordWithAllTheirBits) {
  TrainingSettings given;
  given.set_steps(5);
  given.set_seed(123456789012345678);
  given.set_weight_decay(0.1 + 0.2);
  given.set_check_numbers(true);
  hairpin::Run run;
  KeepGiven(Rules(), given, &run);
  KeepSettings(Rules(), Resolved(given), &run);
  EXPECT_EQ(run.program(), "train_toy");
  EXPECT_FALSE(run.has_given());
  TrainingSettings read, resolved;
  ASSERT_TRUE(*ReadGiven(Rules(), run, &read));
  EXPECT_EQ(read.SerializeAsString(), given.SerializeAsString());
  ASSERT_TRUE(*ReadSettings(Rules(), run, &resolved));
  EXPECT_EQ(resolved.SerializeAsString(), Resolved(given).SerializeAsString());
}

TEST(ProgramSettings, OfTheRecordAreTrustedNoMoreThanFlags) {
  hairpin::Run run;
  TrainingSettings read;
  EXPECT_FALSE(*ReadSettings(Rules(), run, &read));
  KeepSettings(Rules(), Resolved({}), &run);
  const auto error = [&](const std::string& name, const std::string& value) {
    hairpin::Run edited = run;
    RunFlag* const flag = edited.add_flags();
    flag->set_name(name);
    flag->set_value(value);
    TrainingSettings settings;
    return Message(ReadSettings(Rules(), edited, &settings).status());
  };
  EXPECT_EQ(error("steps", "101"), "--steps: found '101', expected a whole number from 1 to 100");
  EXPECT_EQ(error("hidden", "8"), "found a flag 'hidden', expected those of train_toy");
  EXPECT_EQ(error("keep", "1000000000"), "");  // as the data says
  run.set_program("train_mlm");
  EXPECT_EQ(Message(ReadSettings(Rules(), run, &read).status()),
            "found a run of train_mlm, expected one of train_toy");
}

TEST(ProgramSettings, ContradictionsOfAResumedRunAreNamed) {
  hairpin::Run run;
  KeepGiven(Rules(), TrainingSettings(), &run);
  KeepSettings(Rules(), Resolved({}), &run);
  TrainingSettings given;
  given.set_threads(7);
  given.set_steps(77);
  EXPECT_TRUE(CheckResumeFlags(Rules(), given, run).ok());
  given.set_steps(78);
  EXPECT_THAT(Message(CheckResumeFlags(Rules(), given, run)),
              HasSubstr("--steps: found 78, expected 77 as in the run that --resume continues"));
}

TEST(ProgramSettings, StandardInputIsNoPath) {
  TrainingSettings settings;
  settings.set_trace("-");
  MakePathsAbsolute(Rules(), "/home", &settings);
  EXPECT_EQ(settings.trace(), "-");
  settings.set_trace("a,b");
  MakePathsAbsolute(Rules(), "/home", &settings);
  EXPECT_EQ(settings.trace(), "/home/a,b");  // one file
}

}  // namespace
}  // namespace hairpin
