// What stands in the way of a run folder, and what a start leaves of it.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"
#include "tools/training/run_hold.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

// Links, too, wherever they lead.
bool Exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

// The names that are made, in their order.
class NamesMade final : public FileCalls {
 public:
  int Rename(const char* from, const char* to) override {
    names_.push_back(to);
    return FileCalls::Rename(from, to);
  }
  int MakeFolder(const char* path, mode_t mode) override {
    const int made = FileCalls::MakeFolder(path, mode);
    if (made == 0) names_.push_back(path);
    return made;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

TEST(RunHoldPlace, TheRecordComesFirst) {
  const RunFolder folder(TestPath("first"));
  NamesMade made;
  const ScopedFileCalls scope(&made);
  ASSERT_TRUE(RunHold::New(folder, {}).ok());
  EXPECT_THAT(made.names(), ElementsAre(folder.path(), folder.path() + "/run.textproto",
                                        folder.path() + "/checkpoints"));
}

// It is nothing of an earlier process, nor anything to wait for or to write through.
TEST(RunHoldPlace, WhatIsNoFileAtATemporaryNameIsAnErrorAndStays) {
  const RunFolder folder(TestPath("in_the_way"));
  const std::string partial = folder.path() + "/run.textproto.partial";
  ASSERT_TRUE(CreateFolders(folder.path()).ok());
  ASSERT_EQ(mkfifo(partial.c_str(), 0600), 0);
  EXPECT_EQ(Message(RunHold::New(folder, {}).status()),
            "--out_dir: " + partial + ": found a device, pipe or socket, expected a regular file");
  EXPECT_TRUE(Exists(partial));
  EXPECT_FALSE(Exists(folder.path() + "/checkpoints"));
  ASSERT_EQ(unlink(partial.c_str()), 0);
  ASSERT_TRUE(RunHold::New(folder, {}).ok());
  const std::string precious = WriteTestFile("precious", "mine");
  const std::string link = folder.path() + "/checkpoints/step-000001.partial";
  ASSERT_EQ(symlink(precious.c_str(), link.c_str()), 0);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(RunHold::Resume(folder).ok());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "warning: " + link + ": found a link, expected a regular file\n");
  EXPECT_TRUE(Exists(link));
}

TEST(RunHoldPlace, LinksThatLeadNowhereAreSomebodys) {
  for (const char* part : {"run.textproto", "tokens", "samples.png"}) {
    const RunFolder folder(TestPath(std::string("links_") + part));
    ASSERT_TRUE(CreateFolders(folder.path()).ok());
    const std::string link = folder.path() + "/" + part;
    ASSERT_EQ(symlink("/no/such/file", link.c_str()), 0);
    EXPECT_EQ(Message(RunHold::New(folder, {}).status()),
              "--out_dir: " + link + ": found it, expected an empty or new folder");
    EXPECT_TRUE(Exists(link));
  }
}

// Once a folder is made and the one above it is synced, nothing can be opened any more.
class OneFolder final : public FileCalls {
 public:
  OneFolder() { HAIRPIN_CHECK(getrlimit(RLIMIT_NOFILE, &before_) == 0); }
  ~OneFolder() override { setrlimit(RLIMIT_NOFILE, &before_); }

  int Close(int descriptor) override {
    const rlimit none = {.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    return FileCalls::Close(descriptor);
  }

 private:
  rlimit before_;
};

TEST(RunHoldPlace, AFolderThatCannotBeLockedIsNotLeft) {
  const RunFolder folder(TestPath("unlockable"));
  absl::Status status;
  {
    OneFolder calls;
    const ScopedFileCalls scope(&calls);
    status = RunHold::New(folder, {}).status();
  }
  EXPECT_EQ(Message(status),
            "--out_dir: " + folder.path() + ": cannot open: Too many open files");
  EXPECT_FALSE(Exists(folder.path()));
}

}  // namespace
}  // namespace hairpin
