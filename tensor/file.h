// Files that are either whole or absent, and reads that need no state.
//
//   auto writer = AtomicFileWriter::Create("runs/a/vocab.txt");
//   if (!writer.ok()) return writer.status();
//   if (auto status = (*writer)->Write("[PAD]\n"); !status.ok()) return status;
//   return (*writer)->Commit();
//
// Everything durable in Hairpin (vocabularies, caches of ids, checkpoints, run settings) is
// written through AtomicFileWriter: a temporary name beside the target, fsync, rename, fsync of
// the folder. A crash at any moment leaves the old file or the new one, never half of one.
//
// Errors: every Status names the path, what was tried, and errno's text. NOT_FOUND where the path
// is missing, PERMISSION_DENIED where it may not be used, INVALID_ARGUMENT where it is not a
// regular file, DATA_LOSS where it ends early, else what absl::ErrnoToStatus says.
#ifndef HAIRPIN_TENSOR_FILE_H_
#define HAIRPIN_TENSOR_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensor/stop_question.h"

namespace hairpin {

// absl::ErrnoToStatus for `path`: "<path>: cannot <action>: <errno's text>".
absl::Status FileError(int error_number, std::string_view path, std::string_view action);

// Writes `path` in one go at Commit. Not thread-safe.
class AtomicFileWriter {
 public:
  // What stands at "<path>.partial" before: of a run's folder it is what an earlier crash left,
  // and is removed if it is a regular file, else an error that names it (INVALID_ARGUMENT).
  // Elsewhere it may be anybody's, and "<path>.2.partial" or the next free number is taken.
  enum class Temporary { kReplaced, kFree };

  // Opens a temporary file beside `path` for writing. The folder must exist. A link stays one: what
  // it leads to is written. INVALID_ARGUMENT where the path is a device, pipe or socket.
  static absl::StatusOr<std::unique_ptr<AtomicFileWriter>> Create(
      const std::string& path, Temporary temporary = Temporary::kReplaced);

  // Without Commit the temporary file is removed and `path` stays as it was.
  ~AtomicFileWriter();
  AtomicFileWriter(const AtomicFileWriter&) = delete;
  AtomicFileWriter& operator=(const AtomicFileWriter&) = delete;

  // Appends; buffered by 64 KiB. After an error only destruction makes sense.
  absl::Status Write(const void* data, size_t bytes);
  absl::Status Write(std::string_view text) { return Write(text.data(), text.size()); }

  // Overwrites bytes that were written before: a header whose contents are known last.
  // offset + bytes <= bytes_written().
  absl::Status WriteAt(int64_t offset, const void* data, size_t bytes);

  int64_t bytes_written() const { return bytes_written_; }

  // Flushes, syncs, renames to `path`, syncs the folder. At most once. Where it fails before the
  // rename, the temporary file is removed by the destructor; after it, `path` is the new file, of
  // which a crash may still make the old one.
  absl::Status Commit();

 private:
  AtomicFileWriter(std::string path, std::string temporary_path, int descriptor);
  absl::Status Flush();

  std::string path_;
  std::string temporary_path_;
  int descriptor_;
  bool renamed_ = false;
  int64_t bytes_written_ = 0;
  std::string buffer_;
};

// The same for contents that are at hand.
absl::Status WriteFileAtomically(const std::string& path, std::string_view contents);

// write(2) of all `bytes`, which may take several calls; `path` is for errors. Where it fails, some
// may be written. Allocates nothing when it succeeds.
absl::Status WriteAll(int descriptor, const void* data, size_t bytes, const std::string& path);

// Removes what an earlier process left at a temporary name, if anything. INVALID_ARGUMENT where
// that is no regular file: no AtomicFileWriter made it, and it stays.
absl::Status RemovePartialFile(const std::string& path);

// A regular file read by position. Reads of one reader may run in several threads at once, and
// allocate nothing when they succeed.
class PositionalReader {
 public:
  // `stop` is asked, in any thread that reads, before each MiB or less of it that is read.
  static absl::StatusOr<std::unique_ptr<PositionalReader>> Open(const std::string& path,
                                                                StopQuestion stop = nullptr);
  ~PositionalReader();
  PositionalReader(const PositionalReader&) = delete;
  PositionalReader& operator=(const PositionalReader&) = delete;

  // Bytes at the time of opening.
  int64_t size() const { return size_; }
  const std::string& path() const { return path_; }

  // Fills `data` with the bytes [offset, offset + bytes). DATA_LOSS if the file ends before,
  // CANCELLED if `stop` says so.
  absl::Status ReadAt(int64_t offset, void* data, size_t bytes) const;

 private:
  PositionalReader(std::string path, int descriptor, int64_t size, StopQuestion stop)
      : path_(std::move(path)), descriptor_(descriptor), size_(size), stop_(std::move(stop)) {}

  std::string path_;
  int descriptor_;
  int64_t size_;
  StopQuestion stop_;
};

// The contents of a regular file. RESOURCE_EXHAUSTED, before anything is read, if it has more than
// `max_bytes`. `stop` as of a PositionalReader.
absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes = int64_t{1} << 30,
                                     StopQuestion stop = nullptr);

// The INVALID_ARGUMENT of something else, "<path>: found a link, expected a regular file".
absl::Status NoRegularFile(const std::string& path, mode_t mode);

// Of a file that is open: INVALID_ARGUMENT where it is a directory, device, pipe or socket.
absl::Status RequireRegularFile(int descriptor, const std::string& path);

// "a/b" of "a/b/c", "." of "c".
std::string FolderOf(const std::string& path);

// Makes the folder and the missing ones above it, and syncs them. Fine if it exists already.
// INVALID_ARGUMENT, and nothing is made, where ".." leads out of a folder that is missing.
// Those that this call made, and no other process at the same time, are appended to `made`,
// also when it fails later.
absl::Status CreateFolders(const std::string& path, std::vector<std::string>* made = nullptr);

// RESOURCE_EXHAUSTED, naming `path`, what is needed and what is free, unless the file system of
// `path` has `bytes` left for this user. The file need not be there, its folder must. Where the
// system doesn't say, there is room.
absl::Status RequireSpace(const std::string& path, int64_t bytes);

// fsync of a folder, so that names made or removed in it survive a crash.
absl::Status SyncFolder(const std::string& path);

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_FILE_H_
