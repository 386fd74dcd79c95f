#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"

namespace hairpin {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 16;
constexpr int kMostTemporaries = 1000;

// Opens a file that was not there. O_EXCL follows no link and waits for no pipe: what stands at
// that name is EEXIST.
int OpenNew(const std::string& path) {
  return Files().Open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

}  // namespace

absl::Status WriteAll(int descriptor, const void* data, size_t bytes, const std::string& path) {
  const char* text = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = Files().Write(descriptor, text, bytes);
    if (written < 0) {
      if (errno == EINTR) continue;
      return FileError(errno, path, "write");
    }
    text += written;
    bytes -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status RemovePartialFile(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : FileError(errno, path, "examine");
  }
  if (!S_ISREG(info.st_mode)) return NoRegularFile(path, info.st_mode);
  if (Files().Unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return FileError(errno, path, "be removed");
}

AtomicFileWriter::AtomicFileWriter(std::string path, std::string temporary_path, int descriptor)
    : path_(std::move(path)), temporary_path_(std::move(temporary_path)), descriptor_(descriptor) {
  buffer_.reserve(kBufferBytes);
}

absl::StatusOr<std::unique_ptr<AtomicFileWriter>> AtomicFileWriter::Create(
    const std::string& path, Temporary temporary) {
  struct stat info;
  if (lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    // The rename would put a file in the link's place.
    char target[PATH_MAX];
    if (realpath(path.c_str(), target) != nullptr && path != target) {
      return Create(target, temporary);
    }
  }
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return FileError(EISDIR, path, "be written");
  }
  // Nor may it put one in the place of /dev/null.
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return NoRegularFile(path, info.st_mode);
  }
  std::string name = path + ".partial";
  int descriptor = OpenNew(name);
  if (descriptor < 0 && errno == EEXIST && temporary == Temporary::kReplaced) {
    if (absl::Status status = RemovePartialFile(name); !status.ok()) return status;
    descriptor = OpenNew(name);
  }
  for (int number = 2; descriptor < 0; ++number) {
    if (temporary != Temporary::kFree || errno != EEXIST || number > kMostTemporaries) {
      return FileError(errno, name, "create");
    }
    name = absl::StrCat(path, ".", number, ".partial");
    descriptor = OpenNew(name);
  }
  return std::unique_ptr<AtomicFileWriter>(
      new AtomicFileWriter(path, std::move(name), descriptor));
}

AtomicFileWriter::~AtomicFileWriter() {
  if (descriptor_ >= 0) Files().Close(descriptor_);
  if (!renamed_) Files().Unlink(temporary_path_.c_str());
}

absl::Status AtomicFileWriter::Flush() {
  absl::Status status = WriteAll(descriptor_, buffer_.data(), buffer_.size(), temporary_path_);
  buffer_.clear();
  return status;
}

absl::Status AtomicFileWriter::Write(const void* data, size_t bytes) {
  HAIRPIN_CHECK(descriptor_ >= 0) << "write after Commit: " << path_;
  bytes_written_ += static_cast<int64_t>(bytes);
  if (buffer_.size() + bytes > kBufferBytes) {
    if (absl::Status status = Flush(); !status.ok()) return status;
  }
  const char* text = static_cast<const char*>(data);
  if (bytes >= kBufferBytes) return WriteAll(descriptor_, text, bytes, temporary_path_);
  buffer_.append(text, bytes);
  return absl::OkStatus();
}

absl::Status AtomicFileWriter::WriteAt(int64_t offset, const void* data, size_t bytes) {
  HAIRPIN_CHECK(offset >= 0 && offset + static_cast<int64_t>(bytes) <= bytes_written_)
      << path_ << ": bytes [" << offset << ", " << offset + static_cast<int64_t>(bytes)
      << ") were never written; the file has " << bytes_written_;
  if (absl::Status status = Flush(); !status.ok()) return status;
  const char* text = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = Files().WriteAt(descriptor_, text, bytes, offset);
    if (written < 0) {
      if (errno == EINTR) continue;
      return FileError(errno, temporary_path_, "write");
    }
    text += written;
    offset += written;
    bytes -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status AtomicFileWriter::Commit() {
  HAIRPIN_CHECK(descriptor_ >= 0) << "second Commit: " << path_;
  if (absl::Status status = Flush(); !status.ok()) return status;
  if (Files().Sync(descriptor_) != 0) return FileError(errno, temporary_path_, "sync");
  // Before the rename: some file systems say only now that they could not write.
  if (Files().Close(std::exchange(descriptor_, -1)) != 0) {
    return FileError(errno, temporary_path_, "close");
  }
  if (Files().Rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return FileError(errno, path_, "be replaced");
  }
  renamed_ = true;
  return SyncFolder(FolderOf(path_));
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view contents) {
  auto writer = AtomicFileWriter::Create(path);
  if (!writer.ok()) return writer.status();
  if (absl::Status status = (*writer)->Write(contents); !status.ok()) return status;
  return (*writer)->Commit();
}

}  // namespace hairpin
