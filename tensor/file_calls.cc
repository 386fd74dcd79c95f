#include "tensor/file_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <limits>
#include <utility>

namespace hairpin {
namespace {

FileCalls* replaced = nullptr;

}  // namespace

int FileCalls::Open(const char* path, int flags, mode_t mode) { return open(path, flags, mode); }

ssize_t FileCalls::Write(int descriptor, const void* data, size_t bytes) {
  return write(descriptor, data, bytes);
}

ssize_t FileCalls::WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset) {
  return pwrite(descriptor, data, bytes, offset);
}

int FileCalls::Truncate(int descriptor, int64_t bytes) { return ftruncate(descriptor, bytes); }

int FileCalls::Sync(int descriptor) { return fsync(descriptor); }

int FileCalls::Close(int descriptor) { return close(descriptor); }

int FileCalls::Rename(const char* from, const char* to) { return rename(from, to); }

int FileCalls::Unlink(const char* path) { return unlink(path); }

int FileCalls::MakeFolder(const char* path, mode_t mode) { return mkdir(path, mode); }

int64_t FileCalls::FreeBytes(const char* path) {
  struct statvfs info;
  if (statvfs(path, &info) != 0) return -1;
  const double bytes = static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return bytes < 9e18 ? static_cast<int64_t>(info.f_bavail * info.f_frsize) : kMost;
}

FileCalls& Files() {
  static FileCalls* const system = new FileCalls;
  return replaced != nullptr ? *replaced : *system;
}

ScopedFileCalls::ScopedFileCalls(FileCalls* calls) : before_(std::exchange(replaced, calls)) {}

ScopedFileCalls::~ScopedFileCalls() { replaced = before_; }

}  // namespace hairpin
