// The system calls by which files are changed, in one place, so that tests can make each of them
// fail (tensor/failing_files.h).
//
//   const int descriptor = Files().Open("vocab.txt.partial", O_WRONLY | O_CREAT, 0666);
//   if (descriptor < 0) return FileError(errno, ...);
//
// Each is the call of its name in the manuals (section 2): its result, and errno where it fails.
// Everything that Hairpin keeps is written through these; reading changes nothing and goes to the
// system directly.
#ifndef HAIRPIN_TENSOR_FILE_CALLS_H_
#define HAIRPIN_TENSOR_FILE_CALLS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace hairpin {

class FileCalls {
 public:
  virtual ~FileCalls() = default;
  virtual int Open(const char* path, int flags, mode_t mode);
  virtual ssize_t Write(int descriptor, const void* data, size_t bytes);
  virtual ssize_t WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset);
  virtual int Truncate(int descriptor, int64_t bytes);
  virtual int Sync(int descriptor);
  virtual int Close(int descriptor);
  virtual int Rename(const char* from, const char* to);
  virtual int Unlink(const char* path);
  virtual int MakeFolder(const char* path, mode_t mode);
  // Bytes that the file system of `path` has left for this user; -1 and errno where it fails.
  virtual int64_t FreeBytes(const char* path);
};

// The system's, unless a test has put others in their place.
FileCalls& Files();

// Puts `calls` in the place of the system's until its end: while no other thread writes files.
class ScopedFileCalls {
 public:
  explicit ScopedFileCalls(FileCalls* calls);
  ~ScopedFileCalls();
  ScopedFileCalls(const ScopedFileCalls&) = delete;
  ScopedFileCalls& operator=(const ScopedFileCalls&) = delete;

 private:
  FileCalls* before_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_FILE_CALLS_H_
