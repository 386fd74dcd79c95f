#include "tools/training/run_hold.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;

bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

// A record that can be told from others.
::hairpin::Run RunOf(const std::string& version) {
  ::hairpin::Run run;
  run.set_version(version);
  return run;
}

TEST(RunHold, ANewRunHasItsRecordAndFolders) {
  const RunFolder folder(TestPath("new/run"));
  const absl::StatusOr<RunHold> hold = RunHold::New(folder, RunOf("mine"));
  ASSERT_TRUE(hold.ok()) << hold.status().ToString();
  EXPECT_EQ(folder.ReadRun()->version(), "mine");
  EXPECT_TRUE(Exists(folder.path() + "/checkpoints"));
  EXPECT_FALSE(Exists(folder.path() + "/tokens"));  // not every program has some
}

TEST(RunHold, IsOfOneAtATime) {
  const RunFolder folder(TestPath("one"));
  {
    absl::StatusOr<RunHold> first = RunHold::New(folder, RunOf("first"));
    ASSERT_TRUE(first.ok());
    const RunHold moved = *std::move(first);
    // The number is not told everywhere.
    const auto busy = [&](const std::string& flag) {
      return AnyOf(flag + folder.path() + ": found process " + std::to_string(getpid()) +
                       " that trains in it, expected a folder that none uses",
                   flag + folder.path() +
                       ": found another process that trains in it, expected a folder that none "
                       "uses");
    };
    const absl::Status second = RunHold::New(folder, RunOf("second")).status();
    EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
    EXPECT_THAT(Message(second), busy("--out_dir: "));
    EXPECT_THAT(Message(RunHold::Resume(folder).status()), busy("--resume: "));
    EXPECT_EQ(folder.ReadRun()->version(), "first");
  }
  EXPECT_TRUE(RunHold::Resume(folder).ok());
  EXPECT_TRUE(RunHold::Resume(folder).ok());  // the one before has ended
}

// Another run may lie at its path by then.
TEST(RunHold, ThatWasMovedIsSeenAndUndoesNothing) {
  const RunFolder folder(TestPath("moved")), elsewhere(TestPath("elsewhere"));
  absl::StatusOr<RunHold> hold = RunHold::New(folder, RunOf("first"));
  ASSERT_TRUE(hold.ok());
  EXPECT_TRUE(hold->Check().ok());
  ASSERT_EQ(rename(folder.path().c_str(), elsewhere.path().c_str()), 0);
  EXPECT_THAT(Message(hold->Check()),
              HasSubstr(folder.path() + ": found none, expected the run's"));
  const absl::StatusOr<RunHold> second = RunHold::New(folder, RunOf("second"));
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_TRUE(second->Check().ok());
  EXPECT_THAT(Message(hold->Check()), HasSubstr(": found another folder, expected the run's"));
  hold->Undo();
  EXPECT_EQ(folder.ReadRun()->version(), "second");
  EXPECT_EQ(elsewhere.ReadRun()->version(), "first");
}

TEST(RunHold, EndsWithItsProcess) {
  const RunFolder folder(TestPath("killed"));
  const pid_t child = fork();
  if (child == 0) {
    const auto hold = RunHold::New(folder, {});
    _exit(hold.ok() ? 0 : 1);  // no destructor runs
  }
  int code = -1;
  ASSERT_EQ(waitpid(child, &code, 0), child);
  ASSERT_EQ(code, 0);
  EXPECT_TRUE(RunHold::Resume(folder).ok());
}

TEST(RunHold, IsNotMadeWhereARunOrAPartOfOneIs) {
  const RunFolder folder(TestPath("twice"));
  ASSERT_TRUE(RunHold::New(folder, RunOf("first")).ok());
  const absl::Status status = RunHold::New(folder, RunOf("second")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(Message(status),
              HasSubstr("--out_dir: " + folder.path() + ": found a run, expected"));
  EXPECT_EQ(folder.ReadRun()->version(), "first");
  ASSERT_EQ(unlink((folder.path() + "/run.textproto").c_str()), 0);
  EXPECT_EQ(Message(RunHold::New(folder, {}).status()),
            "--out_dir: " + folder.path() + "/checkpoints: found it, expected an empty or new "
            "folder");
  EXPECT_TRUE(Exists(folder.path() + "/checkpoints"));
  const std::string file = WriteTestFile("file", "");
  EXPECT_THAT(Message(RunHold::New(RunFolder(file), {}).status()),
              HasSubstr("--out_dir: " + file + ": cannot make folder: Not a directory"));
  EXPECT_THAT(Message(RunHold::Resume(RunFolder(TestPath("none"))).status()),
              EndsWith("/none: found no run.textproto, expected a run folder"));
}

// A process may die after any of its steps.
TEST(RunHold, AnEmptyFolderIsTakenAndARecordAloneIsARun) {
  const RunFolder folder(TestPath("died"));
  ASSERT_TRUE(CreateFolders(folder.path()).ok());
  ASSERT_TRUE(WriteFileAtomically(folder.path() + "/run.textproto.partial", "half").ok());
  ASSERT_TRUE(RunHold::New(folder, RunOf("mine")).ok());
  ASSERT_EQ(rmdir((folder.path() + "/checkpoints").c_str()), 0);
  EXPECT_TRUE(RunHold::Resume(folder).ok());
}

TEST(RunHold, WhatWasHalfWrittenIsRemovedWhereItGoesOn) {
  const RunFolder folder(TestPath("half"));
  ASSERT_TRUE(RunHold::New(folder, {}).ok());
  ASSERT_TRUE(folder.MakeTokensFolder().ok());
  const std::vector<std::string> files = {"vocab.txt", "tokens/eval", "checkpoints/step-000005"};
  for (const std::string& file : files) {
    WriteTestFile("half/" + file + ".partial", "half");
    WriteTestFile("half/" + file, "whole");
  }
  EXPECT_TRUE(RunHold::Resume(folder).ok());
  for (const std::string& file : files) {
    EXPECT_FALSE(Exists(folder.path() + "/" + file + ".partial"));
    EXPECT_TRUE(Exists(folder.path() + "/" + file));
  }
}

TEST(RunHold, UndoLeavesWhatIsNotOurs) {
  const RunFolder mine(TestPath("shared/mine")), other(TestPath("shared/other"));
  absl::StatusOr<RunHold> hold = RunHold::New(mine, {});
  ASSERT_TRUE(hold.ok());
  ASSERT_TRUE(RunHold::New(other, {}).ok());
  hold->Undo();
  EXPECT_FALSE(Exists(mine.path()));
  EXPECT_TRUE(other.RequireRun().ok());
  // Alone, it takes its parent with it, and an end in '/' changes nothing.
  hold = RunHold::New(RunFolder(TestPath("alone/mine/")), {});
  ASSERT_TRUE(hold.ok());
  hold->Undo();
  EXPECT_FALSE(Exists(TestPath("alone")));
  // A folder that was there stays, with what was in it.
  ASSERT_TRUE(CreateFolders(TestPath("there")).ok());
  const std::string notes = WriteTestFile("there/notes", "");
  hold = RunHold::New(RunFolder(TestPath("there")), {});
  ASSERT_TRUE(hold.ok());
  hold->Undo();
  EXPECT_TRUE(Exists(notes));
  EXPECT_FALSE(Exists(TestPath("there/checkpoints")));
  // What was resumed is not undone.
  hold = RunHold::Resume(other);
  ASSERT_TRUE(hold.ok());
  hold->Undo();
  EXPECT_TRUE(other.RequireRun().ok());
}

// Runs `body` in so many processes that begin together; their exit codes.
template <class Body>
std::vector<int> Together(int processes, const Body& body) {
  int ready[2];
  HAIRPIN_CHECK(pipe(ready) == 0);
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    close(ready[1]);
    char wait;
    _exit(read(ready[0], &wait, 1) == 0 ? body(i) : 99);
  }
  close(ready[0]);
  close(ready[1]);  // all children go
  std::vector<int> codes;
  for (const pid_t child : children) {
    int status = -1;
    HAIRPIN_CHECK(waitpid(child, &status, 0) == child);
    codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : 98);
  }
  return codes;
}

TEST(RunHold, OfManyStartsOneWins) {
  for (int round = 0; round < 10; ++round) {
    const RunFolder folder(TestPath("race" + std::to_string(round)));
    const std::vector<int> codes = Together(12, [&](int i) {
      const absl::StatusOr<RunHold> hold = RunHold::New(folder, RunOf(std::to_string(i)));
      if (!hold.ok()) return absl::IsAlreadyExists(hold.status()) ? 1 : 2;
      return folder.ReadRun()->version() == std::to_string(i) ? 0 : 3;
    });
    EXPECT_EQ(std::count(codes.begin(), codes.end(), 0), 1);
    EXPECT_EQ(std::count(codes.begin(), codes.end(), 1), 11);
  }
}

// Starts that fail take away folders which others are about to use or to lock.
TEST(RunHold, IsWholeWhileOthersUndoTheirs) {
  const std::vector<int> codes = Together(6, [&](int i) {
    const RunFolder folder(TestPath("parent/run" + std::to_string(i % 2)));
    for (int start = 0; start < 100; ++start) {
      absl::StatusOr<RunHold> hold = RunHold::New(folder, RunOf(std::to_string(i)));
      if (!hold.ok() && !absl::IsAlreadyExists(hold.status())) return 1;
      if (!hold.ok()) continue;
      const auto run = folder.ReadRun();
      if (!run.ok() || run->version() != std::to_string(i)) return 2;
      hold->Undo();
    }
    return 0;
  });
  EXPECT_THAT(codes, Each(0));
}

}  // namespace
}  // namespace hairpin
