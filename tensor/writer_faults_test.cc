#include "tensor/writer_faults.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

// Large enough for several writes, and with a header that is known last.
absl::Status WriteLarge(const std::string& path, bool second) {
  auto writer = AtomicFileWriter::Create(path);
  if (!writer.ok()) return writer.status();
  const std::string piece(50'000, second ? '2' : '1');
  for (int i = 0; i < 4; ++i) {
    if (absl::Status s = (*writer)->Write(piece); !s.ok()) return s;
  }
  if (absl::Status s = (*writer)->WriteAt(3, "header", 6); !s.ok()) return s;
  return (*writer)->Commit();
}

TEST(WriterFaultsTest, EveryCallOfAFileFails) {
  const WriterUnderTest writer = {.folder = TestPath("every_call"),
                                  .name = "file",
                                  .write = WriteLarge,
                                  .load = [](const std::string& path) {
                                    return ReadFile(path).status();
                                  }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "write"));
  // open, 4 writes, header, sync, close, rename; open, sync and close of the folder.
  EXPECT_EQ(CheckPowerLoss(writer), 12);
}

// What a killed process left is removed first, which may fail, too.
TEST(WriterFaultsTest, EveryCallFailsWhereAnEarlierProcessLeftHalfAFile) {
  const std::string folder = TestPath("left");
  const WriterUnderTest writer = {.folder = folder,
                                  .name = "file",
                                  .write =
                                      [&](const std::string& path, bool second) {
                                        WriteTestFile("left/file.partial", "half");
                                        return WriteFileAtomically(path, second ? "2" : "1");
                                      },
                                  .load = [](const std::string& path) {
                                    // It stays where it can't be removed.
                                    std::filesystem::remove(path + ".partial");
                                    return ReadFile(path).status();
                                  }};
  EXPECT_THAT(CheckFailingCalls(writer),
              ElementsAre("close", "open", "rename", "sync", "unlink", "write"));
  // open, unlink, open; write, sync, close, rename; open, sync and close of the folder.
  EXPECT_EQ(CheckPowerLoss(writer), 10);
}

TEST(WriterFaultsTest, EveryCallOfMakingFoldersFails) {
  const std::string folder = TestPath("made");
  int failures = 0;
  for (int call = 1;; ++call) {
    std::filesystem::remove_all(folder);
    FailingFiles files;
    files.FailAt(call, ENOSPC);
    const ScopedFileCalls scope(&files);
    const absl::Status status = CreateFolders(folder + "/a/b");
    if (files.failed().empty()) break;
    if (status.ok()) {  // a folder that was there, or closing one: nothing was to be done
      EXPECT_TRUE(std::filesystem::is_directory(folder + "/a/b")) << files.failed();
      continue;
    }
    ++failures;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(::testing::TempDir()));
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("No space left on device"));
  }
  EXPECT_EQ(failures, 9);  // of three folders: mkdir, and open and sync of the one above
}

// The double itself: a writer that forgets a sync is seen.
absl::Status Overwrite(const std::string& path, bool sync, bool sync_folder) {
  const std::string temporary = path + ".new";
  const int file = Files().Open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  Files().Write(file, "new", 3);
  if (sync) Files().Sync(file);
  Files().Close(file);
  Files().Rename(temporary.c_str(), path.c_str());
  return sync_folder ? SyncFolder(path.substr(0, path.rfind('/'))) : absl::OkStatus();
}

std::string AfterPowerLoss(bool sync, bool sync_folder, PowerLoss::Names names) {
  const std::string folder = TestPath("double");
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(CreateFolders(folder).ok());
  const std::string path = WriteTestFile("double/file", "old");
  PowerLoss disk(folder);
  {
    const ScopedFileCalls scope(&disk);
    EXPECT_TRUE(Overwrite(path, sync, sync_folder).ok());
  }
  disk.Restart(names);
  return *ReadFile(path);
}

TEST(PowerLossTest, WhatWasNotSyncedIsLost) {
  for (const auto names : PowerLoss::kAllNames) {
    EXPECT_EQ(AfterPowerLoss(true, true, names), "new");
  }
  EXPECT_EQ(AfterPowerLoss(false, true, PowerLoss::Names::kLost), "");  // the name alone
  EXPECT_EQ(AfterPowerLoss(false, true, PowerLoss::Names::kThere), "");
  EXPECT_EQ(AfterPowerLoss(false, true, PowerLoss::Names::kTorn), "n");
  EXPECT_EQ(AfterPowerLoss(true, false, PowerLoss::Names::kLost), "old");
  EXPECT_EQ(AfterPowerLoss(true, false, PowerLoss::Names::kThere), "new");
  EXPECT_EQ(AfterPowerLoss(false, false, PowerLoss::Names::kLost), "old");
}

TEST(PowerLossTest, HalfOfWhatWasNotSyncedMayBeThere) {
  const std::string folder = TestPath("torn");
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(CreateFolders(folder).ok());
  const std::string path = WriteTestFile("torn/log", "synced");
  PowerLoss disk(folder);
  {
    const ScopedFileCalls scope(&disk);
    const int file = Files().Open(path.c_str(), O_WRONLY | O_APPEND, 0666);
    Files().Write(file, " and not", 8);
    Files().Close(file);
  }
  disk.Restart(PowerLoss::Names::kTorn);
  EXPECT_EQ(*ReadFile(path), "synced and");
}

TEST(PowerLossTest, ARemovedFileIsThereAgainUntilItsFolderIsSynced) {
  const std::string folder = TestPath("removed");
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(CreateFolders(folder).ok());
  const std::string path = WriteTestFile("removed/file", "old");
  for (const bool sync : {false, true}) {
    PowerLoss disk(folder);
    {
      const ScopedFileCalls scope(&disk);
      ASSERT_EQ(Files().Unlink(path.c_str()), 0);
      // Another file, which may get its inode.
      const int other = Files().Open((path + "2").c_str(), O_WRONLY | O_CREAT, 0666);
      Files().Write(other, "other", 5);
      Files().Sync(other);
      Files().Close(other);
      if (sync) {
        ASSERT_TRUE(SyncFolder(folder).ok());
      }
    }
    disk.Restart(PowerLoss::Names::kLost);
    EXPECT_EQ(ReadFile(path).value_or("none"), sync ? "none" : "old");
  }
}

}  // namespace
}  // namespace hairpin
