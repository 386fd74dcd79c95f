#include "tensor/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

TEST(AtomicFileWriterTest, NothingIsThereBeforeCommitAndAllOfItAfter) {
  const std::string path = TestPath("atomic");
  std::string expected;
  auto writer = AtomicFileWriter::Create(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(static_cast<size_t>(i * 7 % 500), static_cast<char>('a' + i % 26));
    ASSERT_TRUE((*writer)->Write(piece).ok());
    expected += piece;
  }
  const std::string large(200000, 'L');
  ASSERT_TRUE((*writer)->Write(large).ok());
  expected += large;
  ASSERT_TRUE((*writer)->Write("end").ok());
  expected += "end";
  ASSERT_TRUE((*writer)->WriteAt(5, "HEADER", 6).ok());
  expected.replace(5, 6, "HEADER");
  EXPECT_EQ((*writer)->bytes_written(), static_cast<int64_t>(expected.size()));
  EXPECT_FALSE(Exists(path));
  ASSERT_TRUE((*writer)->Commit().ok());
  EXPECT_FALSE(Exists(path + ".partial"));
  auto contents = ReadFile(path);
  ASSERT_TRUE(contents.ok()) << contents.status();
  EXPECT_EQ(*contents, expected);
}

TEST(AtomicFileWriterTest, DroppedWriterLeavesTheOldFile) {
  const std::string path = TestPath("kept");
  ASSERT_TRUE(WriteFileAtomically(path, "old").ok());
  {
    auto writer = AtomicFileWriter::Create(path);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write("new").ok());
  }
  EXPECT_EQ(*ReadFile(path), "old");
  EXPECT_FALSE(Exists(path + ".partial"));
  ASSERT_TRUE(WriteFileAtomically(path, "new").ok());
  EXPECT_EQ(*ReadFile(path), "new");
}

TEST(AtomicFileWriterTest, LeavesAFileOfItsTemporaryName) {
  const std::string path = TestPath("picture"), theirs = path + ".partial";
  const auto write = [&](AtomicFileWriter::Temporary temporary) {
    auto writer = AtomicFileWriter::Create(path, temporary);
    ASSERT_TRUE(writer.ok()) << writer.status();
    EXPECT_EQ(Exists(path + ".2.partial"), temporary == AtomicFileWriter::Temporary::kFree);
    EXPECT_TRUE((*writer)->Write("new").ok());
    EXPECT_TRUE((*writer)->Commit().ok());
    EXPECT_EQ(*ReadFile(path), "new");
    EXPECT_FALSE(Exists(path + ".2.partial"));
  };
  ASSERT_TRUE(WriteFileAtomically(theirs, "theirs").ok());
  write(AtomicFileWriter::Temporary::kFree);
  EXPECT_EQ(ReadFile(theirs).value_or("none"), "theirs");
  write(AtomicFileWriter::Temporary::kReplaced);
  EXPECT_FALSE(Exists(theirs));
}

TEST(AtomicFileWriterTest, WaitsForNothingAndFollowsNothingAtItsTemporaryName) {
  const std::string path = TestPath("guarded"), temporary = path + ".partial";
  const std::string precious = WriteTestFile("precious", "precious");
  const auto write = [&](const std::string& text) {
    return std::string(WriteFileAtomically(path, text).message());
  };
  ASSERT_EQ(write("old"), "");
  ASSERT_EQ(mkfifo(temporary.c_str(), 0600), 0);
  EXPECT_EQ(write("new"),
            temporary + ": found a device, pipe or socket, expected a regular file");
  ASSERT_EQ(unlink(temporary.c_str()), 0);
  for (const std::string& target : {precious, TestPath("no_such_file")}) {
    ASSERT_EQ(symlink(target.c_str(), temporary.c_str()), 0);
    EXPECT_EQ(write("new"), temporary + ": found a link, expected a regular file");
    ASSERT_EQ(unlink(temporary.c_str()), 0);  // it was left
  }
  EXPECT_FALSE(Exists(TestPath("no_such_file")));
  ASSERT_TRUE(CreateFolders(temporary).ok());
  EXPECT_EQ(write("new"), temporary + ": found a directory, expected a regular file");
  ASSERT_EQ(rmdir(temporary.c_str()), 0);
  EXPECT_EQ(*ReadFile(path), "old");
  // A file of two names, as some editors leave: only this name is given up.
  ASSERT_EQ(link(precious.c_str(), temporary.c_str()), 0);
  EXPECT_EQ(write("new"), "");
  EXPECT_EQ(*ReadFile(path), "new");
  EXPECT_EQ(*ReadFile(precious), "precious");
}

TEST(AtomicFileWriterTest, ErrorsNameThePath) {
  const std::string missing = TestPath("no/such/folder/file");
  EXPECT_TRUE(absl::IsNotFound(AtomicFileWriter::Create(missing).status()));
  EXPECT_THAT(std::string(AtomicFileWriter::Create(missing).status().message()),
              HasSubstr("no/such/folder/file"));
  const std::string folder = TestPath("a_folder");
  ASSERT_TRUE(CreateFolders(folder).ok());
  EXPECT_FALSE(WriteFileAtomically(folder, "x").ok());
}

TEST(AtomicFileWriterTest, PutsNoFileInThePlaceOfLinksAndDevices) {
  const std::string file = TestPath("linked"), link = TestPath("link");
  ASSERT_TRUE(WriteFileAtomically(file, "old").ok());
  unlink(link.c_str());
  ASSERT_EQ(symlink(file.c_str(), link.c_str()), 0);
  ASSERT_TRUE(WriteFileAtomically(link, "new").ok());
  EXPECT_EQ(*ReadFile(file), "new");
  struct stat info;
  ASSERT_EQ(lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  const std::string pipe = TestPath("written_pipe");
  unlink(pipe.c_str());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const absl::Status status = WriteFileAtomically(pipe, "x");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("written_pipe: found a device, pipe or socket, expected a regular file"));
}

TEST(PositionalReaderTest, ReadsAnyPlaceAndSaysWhereTheFileEnds) {
  const std::string path = TestPath("positions");
  ASSERT_TRUE(WriteFileAtomically(path, "0123456789").ok());
  auto reader = PositionalReader::Open(path);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->size(), 10);
  char text[4] = {};
  ASSERT_TRUE((*reader)->ReadAt(3, text, 4).ok());
  EXPECT_EQ(std::string(text, 4), "3456");
  const absl::Status status = (*reader)->ReadAt(8, text, 4);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("ends at byte 10, expected 4 bytes from"));
}

// Linux answers so at an address where nothing is.
TEST(PositionalReaderTest, AnInputErrorIsLostData) {
  const auto reader = PositionalReader::Open("/proc/self/mem");
  ASSERT_TRUE(reader.ok()) << reader.status();
  char byte;
  const absl::Status read = (*reader)->ReadAt(0, &byte, 1);
  EXPECT_EQ(read.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(read.message(), "/proc/self/mem: cannot read: Input/output error");
}

TEST(PositionalReaderTest, RefusesWhatIsNoRegularFile) {
  EXPECT_TRUE(absl::IsNotFound(PositionalReader::Open(TestPath("nothing")).status()));
  EXPECT_THAT(std::string(PositionalReader::Open(::testing::TempDir()).status().message()),
              HasSubstr("found a directory, expected a regular file"));
  EXPECT_THAT(std::string(PositionalReader::Open("/dev/zero").status().message()),
              HasSubstr("expected a regular file"));
  const std::string pipe = TestPath("pipe");
  unlink(pipe.c_str());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(PositionalReader::Open(pipe).ok());
  if (geteuid() != 0) {
    const std::string secret = TestPath("secret");
    ASSERT_TRUE(WriteFileAtomically(secret, "x").ok());
    ASSERT_EQ(chmod(secret.c_str(), 0), 0);
    EXPECT_TRUE(absl::IsPermissionDenied(PositionalReader::Open(secret).status()));
  }
}

TEST(ReadFileTest, RefusesAnOversizedFileBeforeReadingIt) {
  const std::string path = TestPath("sparse");
  ASSERT_TRUE(WriteFileAtomically(path, "").ok());
  ASSERT_EQ(truncate(path.c_str(), off_t{1} << 40), 0);
  EXPECT_TRUE(absl::IsResourceExhausted(ReadFile(path).status()));
  unlink(path.c_str());
}

TEST(ReadFileTest, AsksAtEachMiBWhetherToStop) {
  const std::string path = TestPath("stopped");
  const std::string contents((size_t{2} << 20) + 1, 'a');
  ASSERT_TRUE(WriteFileAtomically(path, contents).ok());
  EXPECT_EQ(*ReadFile(path), contents);
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return ReadFile(path, int64_t{1} << 30, std::move(stop)).status();
            }),
            3);
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {  // at once, too
              std::string text(contents.size(), 'b');
              const auto reader = PositionalReader::Open(path, std::move(stop));
              return (*reader)->ReadAt(0, text.data(), text.size());
            }),
            3);
}

TEST(CreateFoldersTest, MakesAllOfThemOnce) {
  const std::string path = TestPath("x/y/z");
  EXPECT_TRUE(CreateFolders(path).ok());
  EXPECT_TRUE(CreateFolders(path + "/").ok());
  ASSERT_TRUE(WriteFileAtomically(path + "/file", "").ok());
  EXPECT_FALSE(CreateFolders(path + "/file").ok());
  EXPECT_FALSE(CreateFolders(path + "/file/more").ok());
  EXPECT_FALSE(CreateFolders("").ok());
}

TEST(CreateFoldersTest, MakesNothingOnTheWayToAFolderBesideAMissingOne) {
  const std::string missing = TestPath("missing");
  std::vector<std::string> made;
  for (const char* rest : {"/../beside", "/more/../../beside", "/./../beside", "/.."}) {
    const absl::Status status = CreateFolders(missing + rest, &made);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << rest;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(rest + (": found '..' after " + missing) + ", which is no folder"));
    EXPECT_FALSE(Exists(missing));
  }
  EXPECT_TRUE(made.empty());
  ASSERT_TRUE(CreateFolders(missing).ok());
  EXPECT_TRUE(CreateFolders(missing + "/../beside").ok());
  EXPECT_TRUE(Exists(TestPath("beside")));
  EXPECT_TRUE(CreateFolders(TestPath("a..b/..c")).ok());  // no name of a parent
}

}  // namespace
}  // namespace hairpin
