// What every program that writes a durable file has to stand: each of its calls fails in turn, the
// power goes before each of them.
//
//   CheckWriterFaults({.folder = TestPath("faults"), .name = "vocab.txt",
//                      .write = [&](const std::string& path, bool second) { ... },
//                      .load = [&](const std::string& path) { ... }});
#ifndef HAIRPIN_TENSOR_WRITER_FAULTS_H_
#define HAIRPIN_TENSOR_WRITER_FAULTS_H_

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"

namespace hairpin {

struct WriterUnderTest {
  std::string folder;  // made anew
  std::string name;    // of the file in it
  // Writes one of two files that differ, where an older one may stand.
  std::function<absl::Status(const std::string& path, bool second)> write;
  // What reads it.
  std::function<absl::Status(const std::string& path)> load;

  std::string path() const { return folder + "/" + name; }
};

// Every call fails in turn, with every error: the message names file (or folder, of its sync) and
// reason, the file is the old one, or the new one where only its durability was in doubt; nothing
// else is left. Short writes are no errors. Returns the names of the calls that were made to fail.
inline std::set<std::string> CheckFailingCalls(const WriterUnderTest& writer) {
  std::set<std::string> failed;
  const auto contents = [&] { return ReadFile(writer.path()).value_or("none"); };
  std::filesystem::remove_all(writer.folder);
  EXPECT_TRUE(CreateFolders(writer.folder).ok());
  EXPECT_TRUE(writer.write(writer.path(), true).ok());
  const std::string second = contents();
  EXPECT_TRUE(writer.write(writer.path(), false).ok());
  const std::string first = contents();
  EXPECT_NE(first, second);
  for (const int error_number : {ENOSPC, EIO, EROFS, FailingFiles::kShortWrite}) {
    for (int call = 1;; ++call) {
      EXPECT_TRUE(writer.write(writer.path(), false).ok());
      FailingFiles files;
      absl::Status status;
      {
        const ScopedFileCalls scope(&files);
        files.FailAt(call, error_number);
        status = writer.write(writer.path(), true);
      }
      if (files.failed().empty()) break;
      failed.insert(files.failed());
      SCOPED_TRACE(testing::Message() << "call " << call << ", " << files.failed() << ", error "
                                      << error_number);
      if (error_number == FailingFiles::kShortWrite) {
        EXPECT_TRUE(status.ok()) << status;
      }
      const std::string message(status.message());
      EXPECT_TRUE(status.ok() || message.find(writer.folder) != std::string::npos) << message;
      EXPECT_TRUE(status.ok() || message.find(std::strerror(error_number)) != std::string::npos)
          << message;
      const std::string now = contents();
      EXPECT_TRUE(now == second || (now == first && !status.ok())) << status;
      EXPECT_TRUE(writer.load(writer.path()).ok());
      for (const auto& entry : std::filesystem::directory_iterator(writer.folder)) {
        EXPECT_EQ(entry.path().filename(), writer.name);
      }
    }
  }
  return failed;
}

// The power goes before each call: the file is the old one or the new one, and the new one where
// its writer had said so. What else is left hinders nobody. Returns the number of calls.
inline int CheckPowerLoss(const WriterUnderTest& writer) {
  std::filesystem::remove_all(writer.folder);
  EXPECT_TRUE(CreateFolders(writer.folder).ok());
  EXPECT_TRUE(writer.write(writer.path(), true).ok());
  const std::string second = *ReadFile(writer.path());
  int calls = 0;
  for (const PowerLoss::Names names : PowerLoss::kAllNames) {
    for (calls = 1;; ++calls) {
      SCOPED_TRACE(testing::Message() << "before call " << calls << ", mode "
                                      << static_cast<int>(names));
      EXPECT_TRUE(writer.write(writer.path(), false).ok());
      const std::string first = *ReadFile(writer.path());
      PowerLoss disk(writer.folder);
      bool written;
      {
        const ScopedFileCalls scope(&disk);
        disk.StopBefore(calls);
        written = writer.write(writer.path(), true).ok();
      }
      const bool stopped = disk.stopped();
      disk.Restart(names);
      const std::string now = ReadFile(writer.path()).value_or("none");
      EXPECT_TRUE(now == second || (now == first && !written));
      EXPECT_TRUE(writer.load(writer.path()).ok());
      if (!stopped) break;
    }
  }
  EXPECT_TRUE(writer.write(writer.path(), true).ok());
  EXPECT_EQ(*ReadFile(writer.path()), second);
  return calls - 1;
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_WRITER_FAULTS_H_
