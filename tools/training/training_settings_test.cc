#include "tools/training/training_settings.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/training/tiny_run.h"

namespace hairpin {
namespace {

TEST(CommonSettings, AreThoseOfTheSameNamesAndTheirValues) {
  TrainMlmSettings settings = TinySettings();
  settings.set_out_dir("folder");
  settings.set_check_numbers(true);
  settings.set_lr(0.125);
  settings.clear_keep();
  const TrainingSettings common = CommonSettings(settings);
  EXPECT_EQ(common.out_dir(), "folder");
  EXPECT_TRUE(common.check_numbers());
  EXPECT_EQ(common.lr(), 0.125);
  EXPECT_EQ(common.steps(), 4);
  EXPECT_EQ(common.micro_batch(), 2);
  EXPECT_FALSE(common.has_keep());
  EXPECT_FALSE(common.has_trace());
}

// Whatever a training asks for, train_mlm has a flag for.
TEST(CommonSettings, AllOfThemAreTheMaskedLanguageModelsToo) {
  const auto& common = *TrainingSettings::descriptor();
  for (int i = 0; i < common.field_count(); ++i) {
    const std::string name = common.field(i)->name();
    EXPECT_NE(TrainMlmSettings::descriptor()->FindFieldByName(name), nullptr) << name;
  }
}

TEST(CommonSettings, AreFoundInAMessageThatTheSettingsHold) {
  hairpin::Run run;
  run.mutable_given()->set_steps(7);
  EXPECT_EQ(CommonSettings(run).steps(), 7);
}

}  // namespace
}  // namespace hairpin
