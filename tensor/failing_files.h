// Disks that fail, and disks whose power goes: what stands in for the system's calls in tests.
//
//   FailingFiles files;
//   ScopedFileCalls scope(&files);
//   files.FailAt(3, ENOSPC);       // the third call from here on; the others are the system's
//   EXPECT_FALSE(vocabulary.Save(path).ok());
//   EXPECT_EQ(files.failed(), "write");
//
//   PowerLoss disk(folder);        // all that lies in the folder now is on the disk
//   {
//     ScopedFileCalls scope(&disk);
//     disk.StopBefore(3);          // from the third call on nothing happens any more
//     vocabulary.Save(path).IgnoreError();
//   }
//   disk.Restart(PowerLoss::Names::kLost);  // the folder is what the disk had of it
#ifndef HAIRPIN_TENSOR_FAILING_FILES_H_
#define HAIRPIN_TENSOR_FAILING_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "tensor/file_calls.h"

namespace hairpin {

// Calls are numbered from 1; asking for free bytes is none. kShortWrite in errno's place: a write
// of half the bytes, which is no error but what the next write then runs into.
class FailingFiles : public FileCalls {
 public:
  static constexpr int kShortWrite = -1;

  // The `number`-th call from now on fails with `error_number`; 0: none does.
  void FailAt(int number, int error_number);
  int calls() const { return calls_; }
  // The call that failed, "open", "write", "sync", ...; "" where none has.
  const std::string& failed() const { return failed_; }
  // What Files().FreeBytes says; below 0: what the system says.
  void set_free_bytes(int64_t bytes) { free_bytes_ = bytes; }
  // Whether syncs that don't fail reach the disk: that takes most of the time of a test of many.
  void set_syncs(bool syncs) { syncs_ = syncs; }

  int Open(const char* path, int flags, mode_t mode) override;
  ssize_t Write(int descriptor, const void* data, size_t bytes) override;
  ssize_t WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset) override;
  int Truncate(int descriptor, int64_t bytes) override;
  int Sync(int descriptor) override;
  int Close(int descriptor) override;
  int Rename(const char* from, const char* to) override;
  int Unlink(const char* path) override;
  int MakeFolder(const char* path, mode_t mode) override;
  int64_t FreeBytes(const char* path) override;

 private:
  // Counts a call; whether it fails, with errno set.
  bool Fails(const char* call);
  // Half of `bytes` where this call is to be a short write.
  size_t Shortened(size_t bytes);

  int calls_ = 0, fail_at_ = 0, error_number_ = 0;
  int64_t free_bytes_ = -1;
  bool syncs_ = true;
  std::string failed_;
};

// A disk that holds, of files, what they were when they were last synced, and, of folders, the
// names that were in them when these were last synced. Only of one folder and those in it, in
// which nobody else writes meanwhile.
class PowerLoss : public FileCalls {
 public:
  // What POSIX leaves open: names that were not synced may be lost or on the disk already, before
  // the contents of what they name (kThere) or when half of what was not synced is there (kTorn).
  enum class Names { kLost, kThere, kTorn };
  static constexpr Names kAllNames[] = {Names::kLost, Names::kThere, Names::kTorn};

  explicit PowerLoss(std::string folder);

  // The power goes before the `number`-th call from now on; 0: never.
  void StopBefore(int number);
  int calls() const { return calls_; }
  bool stopped() const { return stop_before_ > 0 && calls_ >= stop_before_; }

  // Makes the folder what a machine would find there that starts after the power has gone.
  void Restart(Names names);

  int Open(const char* path, int flags, mode_t mode) override;
  ssize_t Write(int descriptor, const void* data, size_t bytes) override;
  ssize_t WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset) override;
  int Truncate(int descriptor, int64_t bytes) override;
  int Sync(int descriptor) override;
  int Close(int descriptor) override;
  int Rename(const char* from, const char* to) override;
  int Unlink(const char* path) override;
  int MakeFolder(const char* path, mode_t mode) override;

 private:
  // The file system uses numbers of removed files again; these it doesn't. A folder's is kFolder.
  using FileId = int64_t;
  using NamesOfFolder = std::map<std::string, FileId>;
  static constexpr FileId kFolder = 0;

  // Counts a call; whether the power is gone, with errno set.
  bool Gone();
  FileId IdOf(const std::string& path);
  NamesOfFolder NamesIn(const std::string& folder);
  void SyncAll(const std::string& folder);
  void RestartFolder(const std::string& folder, Names names);

  std::string folder_;
  int calls_ = 0, stop_before_ = 0;
  FileId last_id_ = kFolder;
  std::map<uint64_t, FileId> ids_;                // by inode
  std::map<FileId, std::string> contents_;        // on the disk
  std::map<std::string, NamesOfFolder> folders_;  // on the disk, by path
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_FAILING_FILES_H_
