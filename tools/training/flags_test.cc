#include "tools/training/flags.h"

#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/output_file.h"
#include "tools/training/output_paths.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<ParsedFlags> Parse(std::vector<std::string> arguments, TrainMlmSettings* settings) {
  arguments.insert(arguments.begin(), "program");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  return ParseFlags(TrainMlmFlags(), static_cast<int>(pointers.size()), pointers.data(), settings);
}

std::string ErrorOf(const std::vector<std::string>& arguments) {
  TrainMlmSettings settings;
  const auto parsed = Parse(arguments, &settings);
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(Flags, AreReadInEveryForm) {
  TrainMlmSettings settings;
  const auto parsed = Parse({"--layers=5", "--lr", "2e-3", "--nolowercase", "--resume", "file",
                             "--data=a,b", "--", "--not_a_flag"},
                            &settings);
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(settings.layers(), 5);
  EXPECT_EQ(settings.lr(), 2e-3);
  EXPECT_TRUE(settings.has_lowercase());
  EXPECT_FALSE(settings.lowercase());
  EXPECT_TRUE(settings.resume());
  EXPECT_EQ(settings.data(), "a,b");
  EXPECT_FALSE(settings.has_hidden());
  EXPECT_THAT(parsed->arguments, ElementsAre("file", "--not_a_flag"));
}

TEST(Flags, SayWhatWasFoundAndExpected) {
  EXPECT_THAT(ErrorOf({"--hiden=3"}), HasSubstr("--hiden: found an unknown flag"));
  EXPECT_THAT(ErrorOf({"--nohidden"}), HasSubstr("unknown flag"));
  EXPECT_THAT(ErrorOf({"--steps=many"}), HasSubstr("--steps: found 'many', expected a whole"));
  EXPECT_THAT(ErrorOf({"--steps=0"}), HasSubstr("--steps: found '0', expected a whole number"));
  EXPECT_THAT(ErrorOf({"--steps=-4"}), HasSubstr("--steps: found '-4'"));
  EXPECT_THAT(ErrorOf({"--lr=nan"}), HasSubstr("--lr: found 'nan', expected a number from 0"));
  EXPECT_THAT(ErrorOf({"--lowercase=perhaps"}), HasSubstr("expected true or false"));
  EXPECT_THAT(ErrorOf({"--data="}), HasSubstr("--data: found '', expected a value"));
  EXPECT_THAT(ErrorOf({"--steps"}), HasSubstr("--steps: found '', expected a value"));
  EXPECT_THAT(ErrorOf({"--layers=99999999999999999999"}), HasSubstr("--layers: found"));
}

TEST(Flags, SettingsOfAFileAreCheckedLikeFlags) {
  const FlagSpec flags[] = {
      {"", "layers", "3", "", 1, 9}, {"", "lr", "1e-3", "", 0, 1}, {"", "data", "[none]", ""}};
  TrainMlmSettings settings;
  EXPECT_TRUE(CheckFlags(flags, settings).ok());
  settings.set_layers(9);
  settings.set_lr(0);
  settings.set_data("a");
  EXPECT_TRUE(CheckFlags(flags, settings).ok());
  settings.set_layers(10);
  EXPECT_EQ(std::string(CheckFlags(flags, settings).message()),
            "--layers: found '10', expected a whole number from 1 to 9");
  settings.set_layers(1);
  settings.set_data("");  // set, and to nothing
  EXPECT_EQ(std::string(CheckFlags(flags, settings).message()),
            "--data: found '', expected a value");
}

TEST(Flags, HelpIsABoolean) {
  const auto help = [](const std::string& argument) {
    TrainMlmSettings settings;
    const auto parsed = Parse({argument}, &settings);
    EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
    return parsed.ok() && parsed->help;
  };
  EXPECT_TRUE(help("--help"));
  EXPECT_TRUE(help("-h"));
  EXPECT_TRUE(help("--help=true"));
  EXPECT_FALSE(help("--help=false"));
  EXPECT_FALSE(help("--resume"));
  EXPECT_EQ(ErrorOf({"--help=perhaps"}), "--help: found 'perhaps', expected true or false");
}

TEST(Flags, AFieldMayStandInAMessageThatIsHeld) {
  const FlagSpec flags[] = {{"", "working_directory", "/home", ""},
                            {"", "layers", "7", "", 1, 9},
                            {"", "hidden", "5", "", 1, 9}};
  ::hairpin::Run run;  // holds two settings: the first is meant
  EXPECT_EQ(FlagText("layers", run), "");
  EXPECT_FALSE(run.has_given());
  ASSERT_TRUE(SetFlag(flags[1], "3", &run).ok());
  EXPECT_EQ(run.given().layers(), 3);
  EXPECT_EQ(FlagText("layers", run), "3");
  SetDefaults(flags, &run);
  EXPECT_EQ(run.given().layers(), 3);
  EXPECT_EQ(run.given().hidden(), 5);
  EXPECT_EQ(run.working_directory(), "/home");
  EXPECT_FALSE(run.has_settings());
  EXPECT_EQ(std::string(SetFlag(flags[1], "10", &run).message()),
            "--layers: found '10', expected a whole number from 1 to 9");
}

TEST(Flags, AConfigsFieldIsItsFlagOrWhatAnotherMadeOfIt) {
  const FlagSpec flags[] = {{"", "hidden", "8", ""}, {"", "heads", "2", ""}};
  const auto error = [&](const char* message) {
    return std::string(
        ForField(flags, "--data", absl::InvalidArgumentError(message)).message());
  };
  EXPECT_EQ(error("heads: found 0, expected 1"), "--heads: found 0, expected 1");
  EXPECT_EQ(error("head: found 0"), "--data: head: found 0");
  EXPECT_EQ(error("classes: found 1"), "--data: classes: found 1");
  EXPECT_EQ(error("heads"), "--heads");
  EXPECT_TRUE(ForField(flags, "--data", absl::OkStatus()).ok());
}

std::string OutputError(const std::vector<NamedPath>& outputs,
                        const std::vector<NamedPath>& inputs, const NamedPath& run = {}) {
  return std::string(CheckOutputs(outputs, inputs, run).message());
}

TEST(Outputs, AreNoInputsByWhateverName) {
  const std::string text = WriteTestFile("text.txt", "text"), other = WriteTestFile("other", "");
  const std::string link = TestPath("link"), hard = TestPath("hard");
  ASSERT_EQ(symlink(text.c_str(), link.c_str()), 0);
  ASSERT_EQ(::link(text.c_str(), hard.c_str()), 0);
  const std::vector<NamedPath> inputs = {{"--vocab", ""}, {"--data", text}};
  for (const std::string& name : {text, link, hard, TestPath("./text.txt"),
                                  TestPath("none/../text.txt"), link + "/", text + "/inside"}) {
    EXPECT_EQ(OutputError({{"--trace", name}}, inputs),
              "--trace: " + name + ": found it in use for --data (" + text +
                  "), expected a file of its own");
  }
  for (const std::string& name : {other, TestPath("new"), std::string(), std::string("-"),
                                  ::testing::TempDir(), text + "2"}) {
    EXPECT_EQ(OutputError({{"--trace", name}}, inputs), "") << name;
  }
  EXPECT_THAT(OutputError({{"--svg", TestPath("new")}, {"--dot", TestPath("./new")}}, {}),
              HasSubstr("--dot: " + TestPath("./new") + ": found it in use for --svg ("));
  EXPECT_EQ(OutputError({{"--svg", "-"}, {"--dot", "-"}}, {{"--data", "-"}}), "");
}

TEST(Outputs, AreNoPartOfARun) {
  const std::string run = TestPath("a_run");
  ASSERT_TRUE(CreateFolders(run + "/checkpoints").ok());
  for (const char* name : {"/metrics.jsonl", "/run.textproto", "/checkpoints/step-000001",
                           "/checkpoints", "/tokens/train", "/./vocab.txt"}) {
    EXPECT_THAT(OutputError({{"--trace", run + name}}, {}, {"--out_dir", run + "/"}),
                HasSubstr("found it in use for --out_dir (")) << name;
    EXPECT_THAT(OutputError({{"--trace", run + name}}, {{"--pretrained", run}}),
                HasSubstr("found it in use for --pretrained (")) << name;
  }
  EXPECT_EQ(OutputError({{"--trace", run + "/trace.json"}}, {}, {"--out_dir", run}), "");
  EXPECT_EQ(OutputError({{"--trace", run + "2/vocab.txt"}}, {}, {"--out_dir", run}), "");
  // Of a run that the command has nothing to do with.
  for (const char* name : {"/metrics.jsonl", "/checkpoints/step-000001", "/tokens/train"}) {
    EXPECT_EQ(OutputError({{"--trace", run + name}}, {}), "") << name;  // a folder like others
  }
  ASSERT_TRUE(WriteFileAtomically(run + "/run.textproto", "").ok());
  for (const char* name : {"/metrics.jsonl", "/checkpoints/step-000001", "/tokens/train"}) {
    EXPECT_THAT(OutputError({{"--trace", run + name}}, {}),
                HasSubstr("found it in use for a run (")) << name;
  }
  EXPECT_EQ(OutputError({{"--trace", run + "/trace.json"}}, {}), "");
  // The folder of a run that is to be made.
  EXPECT_THAT(OutputError({{"--trace", TestPath("later")}}, {}, {"--out_dir", TestPath("later/b")}),
              HasSubstr("found it in use for --out_dir ("));
}

TEST(Outputs, LeaveAFileOfTheirTemporaryName) {
  const std::string path = TestPath("a.svg"), theirs = WriteTestFile("a.svg.partial", "theirs");
  OutputFile file("svg");
  ASSERT_TRUE(file.Open(path).ok());
  ASSERT_TRUE(file.Write([] { return std::string("ours"); }).ok());
  EXPECT_EQ(*ReadFile(path), "ours");
  EXPECT_EQ(ReadFile(theirs).value_or("none"), "theirs");
}

TEST(Paths, AreTheUsers) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/somebody", 1);
  EXPECT_EQ(UserPath("a/b.txt"), "/home/somebody/a/b.txt");
  EXPECT_EQ(UserPath("/a/b.txt"), "/a/b.txt");
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserPath("a/b.txt"), "a/b.txt");
}

TEST(RunProgramDeathTest, WithoutMemoryItEndsInOneLine) {
  char name[] = "prog";
  char* arguments[] = {name};
  TrainMlmSettings settings;
  EXPECT_EXIT(RunProgram("prog", "", {}, 1, arguments, &settings,
                         [](const std::vector<std::string>&) -> absl::Status {
                           std::get_new_handler()();  // what `new` calls where there is none
                           return absl::OkStatus();
                         }),
              ::testing::ExitedWithCode(1),
              "^prog: memory: found no more of it, expected more than the [0-9]+ bytes [a-z ]+\n$");
}

}  // namespace
}  // namespace hairpin
