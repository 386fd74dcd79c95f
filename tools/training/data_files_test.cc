#include "tools/training/data_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/few_files.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"
#include "tools/training/program_settings.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

TEST(DataFilesTest, RecordsPathSizeAndHash) {
  const std::string a = WriteTestFile("a.txt", "the old man"), b = WriteTestFile("b.txt", "");
  ::hairpin::Run run;
  run.add_data()->set_path("of an attempt before");
  ASSERT_TRUE(RecordDataFiles({std::filesystem::relative(a).string(), b}, &run).ok());
  ASSERT_EQ(run.data_size(), 2);
  // The folder from which a run is resumed may be another.
  EXPECT_EQ(run.data(0).path()[0], '/');
  EXPECT_TRUE(std::filesystem::equivalent(run.data(0).path(), a));
  EXPECT_EQ(run.data(0).bytes(), 11);
  EXPECT_EQ(run.data(0).sha256(), HashFile(a)->sha256);
  EXPECT_EQ(run.data(1).path(), b);
  EXPECT_EQ(run.data(1).bytes(), 0);
  EXPECT_EQ(Message(RecordDataFiles({TestPath("none")}, &run)).find(TestPath("none")), 0u);
}

TEST(DataFilesTest, ASignalStopsHashing) {
  const std::string a = WriteTestFile("a.txt", "the old man");
  ::hairpin::Run run, before;
  ASSERT_TRUE(RecordDataFiles({a}, &run).ok());
  before = run;
  SetStopSignal(SIGINT);
  EXPECT_TRUE(absl::IsCancelled(CheckDataFiles({a}, run)));
  EXPECT_TRUE(absl::IsCancelled(MoveDataFiles({a}, {a}, false, &run)));
  EXPECT_EQ(run.ShortDebugString(), before.ShortDebugString());
  EXPECT_TRUE(absl::IsCancelled(RecordDataFiles({a}, &run)));
  SetStopSignal(0);
}

TEST(DataFilesTest, AFolderHasWhatItsLinksLeadTo) {
  std::filesystem::create_directories(TestPath("links/real"));
  WriteTestFile("links/real/image", "the old man");
  std::filesystem::create_directories(TestPath("links/data"));
  std::filesystem::create_directory_symlink("../real", TestPath("links/data/class"));
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({TestPath("links/data")}, &run).ok());
  EXPECT_EQ(run.data(0).bytes(), 11);
  WriteTestFile("links/real/image", "the new man");
  EXPECT_THAT(Message(CheckDataFiles({TestPath("links/data")}, run)),
              HasSubstr("links/data: found contents with SHA-256 "));
}

TEST(DataWatchTest, SeesWhatIsWrittenToMeanwhile) {
  const std::string a = WriteTestFile("a.txt", "the old man"), b = WriteTestFile("b.txt", "sat");
  const DataWatch watch({a, b});
  EXPECT_TRUE(watch.Check().ok());
  WriteTestFile("b.txt", "sat by the fire");
  EXPECT_EQ(Message(watch.Check()),
            b + ": found that it changed while it was read, expected data that nobody writes to");
  const DataWatch again({a, b});
  EXPECT_TRUE(again.Check().ok());
  std::filesystem::remove(b);
  EXPECT_THAT(Message(again.Check()), HasSubstr(b));
}

TEST(DataWatchTest, SeesIntoFolders) {
  std::filesystem::create_directories(TestPath("watched/class"));
  WriteTestFile("watched/class/image", "the old man");
  // A link that leads up is no way to more.
  std::filesystem::create_directory_symlink("..", TestPath("watched/class/loop"));
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({TestPath("watched")}, &run).ok());
  EXPECT_EQ(run.data(0).bytes(), 11);
  const DataWatch watch({TestPath("watched")});
  EXPECT_TRUE(watch.Check().ok());
  WriteTestFile("watched/class/image", "the old woman");
  EXPECT_THAT(Message(watch.Check()), HasSubstr("watched: found that it changed"));
}

TEST(DataFilesTest, SaysHowAFileHasChanged) {
  const std::string a = WriteTestFile("a.txt", "the old man"), b = WriteTestFile("b.txt", "sat");
  const std::vector<std::string> paths = {a, b};
  ::hairpin::Run run;
  EXPECT_TRUE(CheckDataFiles(paths, run).ok());  // it says nothing
  ASSERT_TRUE(RecordDataFiles(paths, &run).ok());
  const auto error = [&] { return Message(CheckDataFiles(paths, run)); };
  EXPECT_EQ(error(), "");
  WriteTestFile("b.txt", "sat by fire");
  EXPECT_EQ(error(), b + ": found 8 bytes after the 3 that it had, expected none");
  WriteTestFile("b.txt", "set by fire");
  EXPECT_EQ(error(), b + ": found 11 bytes, expected 3");
  WriteTestFile("b.txt", "sa");
  EXPECT_EQ(error(), b + ": found 2 bytes, expected 3");
  WriteTestFile("b.txt", "set");
  EXPECT_EQ(error(), b + ": found contents with SHA-256 " + HashFile(b)->sha256 + ", expected " +
                         run.data(1).sha256());
  ASSERT_EQ(unlink(b.c_str()), 0);
  EXPECT_THAT(error(), HasSubstr(b + ": cannot open: No such file"));
  EXPECT_EQ(Message(CheckDataFiles({a}, run)), "found 1 files to learn from, expected 2");
}

TEST(DataFilesTest, AnErrorOfReadingIsNoDifference) {
  const std::string a = WriteTestFile("a.txt", "the old man");
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({a}, &run).ok());
  const FewFiles none(0);
  EXPECT_TRUE(absl::IsResourceExhausted(CheckDataFiles({a}, run)));
}

TEST(DataFilesTest, AFolderIsTheFilesInIt) {
  const std::string folder = TestPath("folder");
  std::filesystem::create_directories(folder + "/cats");
  WriteTestFile("folder/cats/a.txt", "one"), WriteTestFile("folder/b.txt", "three");
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({folder}, &run).ok());
  ASSERT_EQ(run.data_size(), 1);
  EXPECT_EQ(run.data(0).bytes(), 8);
  const auto error = [&] { return Message(CheckDataFiles({folder}, run)); };
  EXPECT_EQ(error(), "");
  WriteTestFile("folder/cats/a.txt", "two");
  EXPECT_THAT(error(), HasSubstr(folder + ": found contents with SHA-256 "));
  WriteTestFile("folder/cats/a.txt", "one");
  EXPECT_EQ(error(), "");
  std::filesystem::rename(folder + "/b.txt", folder + "/cats/b.txt");
  EXPECT_THAT(error(), HasSubstr(folder + ": found contents with SHA-256 "));
  WriteTestFile("folder/c.txt", "four");
  EXPECT_THAT(error(), HasSubstr(folder + ": found 12 bytes, expected 8"));
}

// It may have been moved: the built-in sample lies beside the program.
TEST(DataFilesTest, AreRecordedFromAFolderThatWasRemoved) {
  const std::string text = WriteTestFile("absolute.txt", "text"), gone = TestPath("gone");
  const int before = open(".", O_RDONLY);
  ASSERT_TRUE(CreateFolders(gone).ok());
  ASSERT_EQ(chdir(gone.c_str()), 0);
  ASSERT_EQ(rmdir(gone.c_str()), 0);
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserFolder(), "");
  hairpin::Run run;
  EXPECT_TRUE(RecordDataFiles({text}, &run).ok());
  EXPECT_EQ(run.data(0).path(), text);
  EXPECT_FALSE(RecordDataFiles({"absolute.txt"}, &run).ok());
  ASSERT_EQ(fchdir(before), 0);
  close(before);
}

TEST(DataFilesTest, AsksForContentsNotForPlaces) {
  const std::string a = WriteTestFile("a.txt", "the old man");
  const std::string b = WriteTestFile("b.txt", "the old man");
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({a}, &run).ok());
  EXPECT_TRUE(CheckDataFiles({b}, run).ok());
}

TEST(DataFilesTest, MovedFilesAreKnownByTheirContents) {
  const std::string a = WriteTestFile("a.txt", "the old man"), b = WriteTestFile("b.txt", "sat");
  ::hairpin::Run run;
  ASSERT_TRUE(RecordDataFiles({a, b}, &run).ok());
  const std::string before = run.SerializeAsString();
  const std::string c = WriteTestFile("c.txt", "set"), d = WriteTestFile("d.txt", "sat");
  const auto error = [&](const std::vector<std::string>& from, const std::vector<std::string>& to) {
    return Message(MoveDataFiles(from, to, false, &run));
  };
  EXPECT_THAT(error({b}, {c}), HasSubstr(c + ": found contents with SHA-256 "));
  EXPECT_EQ(error({b}, {a, d}), "found 2 files to learn from, expected 1");
  EXPECT_THAT(error({b}, {TestPath("none")}), HasSubstr(TestPath("none") + ": cannot open"));
  for (const std::vector<std::string>& unknown :
       std::vector<std::vector<std::string>>{{d}, {b, a}, {a, b, d}, {}}) {
    EXPECT_TRUE(absl::IsNotFound(MoveDataFiles(unknown, {d}, true, &run)));
  }
  EXPECT_EQ(run.SerializeAsString(), before);
  EXPECT_EQ(error({b}, {d}), "");
  EXPECT_EQ(run.data(0).path(), a);
  EXPECT_EQ(run.data(1).path(), d);
  EXPECT_EQ(error({a + "/../a.txt", d}, {TestPath("./a.txt"), b}), "");
  EXPECT_EQ(run.data(1).path(), b);
  const std::string hash = run.data(1).sha256();
  EXPECT_TRUE(MoveDataFiles({b}, {c}, true, &run).ok());
  EXPECT_EQ(run.data(1).path(), c);
  EXPECT_EQ(run.data(1).sha256(), hash);
}

}  // namespace
}  // namespace hairpin
