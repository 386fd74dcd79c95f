#include "tools/analysis/model_flags.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/run.pb.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

constexpr FlagSpec kOwn[] = {{"Own", "working_directory", ".", "any folder"}};

TEST(ModelFlags, AreTrainMlmsOwnRows) {
  std::vector<std::string> names;
  for (const FlagSpec& flag : WithModelFlags(kOwn)) {
    names.push_back(flag.name);
    for (const FlagSpec& row : TrainMlmFlags()) {
      if (names.back() != row.name) continue;
      EXPECT_EQ(flag.default_text, row.default_text);
      EXPECT_EQ(flag.help, row.help);
      EXPECT_EQ(flag.least, row.least);
      EXPECT_EQ(flag.most, row.most);
    }
  }
  EXPECT_THAT(names, ElementsAre("working_directory", "vocab_size", "packing", "preset", "layers",
                                 "hidden", "heads", "intermediate", "seq_len", "dropout",
                                 "micro_batch", "mask_probability"));
}

TEST(ModelFlags, MoreRowsByName) {
  constexpr std::string_view kMore[] = {"accumulation", "threads"};
  std::vector<std::string> names;
  for (const FlagSpec& flag : WithModelFlags({}, kMore)) names.push_back(flag.name);
  EXPECT_THAT(names, ElementsAre("vocab_size", "packing", "preset", "layers", "hidden", "heads",
                                 "intermediate", "seq_len", "dropout", "micro_batch",
                                 "accumulation", "threads", "mask_probability"));
}

// As in the message of a program: Run holds settings beside fields of its own.
TEST(ModelFlags, FillTheSettingsOfAModel) {
  std::vector<std::string> arguments = {"program", "--layers=2", "--working_directory=/tmp",
                                        "--dropout=0.5"};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  ::hairpin::Run flags;
  const auto parsed =
      ParseFlags(WithModelFlags(kOwn), static_cast<int>(argv.size()), argv.data(), &flags);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(flags.working_directory(), "/tmp");
  ASSERT_TRUE(ResolveSettings(flags.mutable_given()).ok());
  const MiniBertConfig config = ConfigOf(flags.given(), flags.given().vocab_size());
  EXPECT_EQ(config.layers(), 2);
  EXPECT_EQ(config.dropout(), 0.5f);
  EXPECT_EQ(config.hidden(), 192);
  EXPECT_EQ(config.vocab_size(), 8192);
}

}  // namespace
}  // namespace hairpin
