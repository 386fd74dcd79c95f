#include "tensor/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tensor/file_calls.h"

namespace hairpin {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20;  // at once

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// What a user who named the path has to know besides what the system says.
absl::Status Expecting(const char* expected, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(status.message(), ", expected ", expected));
}

bool IsFolder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Whether ".." is among the names of `path`.
bool GoesUp(const std::string& path) {
  return absl::StrContains(absl::StrCat("/", path, "/"), "/../");
}

constexpr char kReadable[] = "a file that can be read";
constexpr char kWritable[] = "a folder that can be written to";

}  // namespace

absl::Status FileError(int error_number, std::string_view path, std::string_view action) {
  return absl::ErrnoToStatus(error_number,
                             absl::StrCat(View(path), ": cannot ", View(action)));
}

absl::Status NoRegularFile(const std::string& path, mode_t mode) {
  const char* const found = S_ISDIR(mode)   ? "a directory"
                            : S_ISLNK(mode) ? "a link"
                                            : "a device, pipe or socket";
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": found ", found, ", expected a regular file"));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::StatusOr<std::unique_ptr<PositionalReader>> PositionalReader::Open(const std::string& path,
                                                                         StopQuestion stop) {
  // O_NONBLOCK: opening a pipe that nobody writes to must fail below, not hang here.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Expecting(kReadable, FileError(errno, path, "open"));
  struct stat info;
  absl::Status status = RequireRegularFile(descriptor, path);
  if (status.ok() && fstat(descriptor, &info) != 0) status = FileError(errno, path, "examine");
  if (!status.ok()) {
    close(descriptor);
    return status;
  }
  return std::unique_ptr<PositionalReader>(
      new PositionalReader(path, descriptor, info.st_size, std::move(stop)));
}

PositionalReader::~PositionalReader() { close(descriptor_); }

absl::Status PositionalReader::ReadAt(int64_t offset, void* data, size_t bytes) const {
  char* out = static_cast<char*>(data);
  int64_t position = offset;
  size_t left = bytes;
  while (left > 0) {
    if (absl::Status s = CheckStop(stop_, path_, " was read"); !s.ok()) return s;
    const ssize_t got = pread(descriptor_, out, std::min(left, kReadBytes), position);
    if (got < 0) {
      if (errno == EINTR) continue;
      absl::Status status = FileError(errno, path_, "read");
      // A sector that rotted: what is there is lost as much as where a bit has flipped.
      return errno == EIO ? absl::DataLossError(status.message()) : status;
    }
    if (got == 0) {
      return absl::DataLossError(absl::StrCat(path_, ": ends at byte ", position, ", expected ",
                                              bytes, " bytes from byte ", offset));
    }
    out += got;
    position += got;
    left -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes,
                                     StopQuestion stop) {
  auto reader = PositionalReader::Open(path, std::move(stop));
  if (!reader.ok()) return reader.status();
  const int64_t size = (*reader)->size();
  if (size > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": found ", size, " bytes, expected at most ", max_bytes));
  }
  std::string contents;
  contents.reserve(static_cast<size_t>(size));
  while (std::ssize(contents) < size) {  // in parts, since filling gigabytes with zeros takes long
    const int64_t done = std::ssize(contents);
    contents.resize(std::min(static_cast<size_t>(size), contents.size() + kReadBytes));
    absl::Status status = (*reader)->ReadAt(done, contents.data() + done, contents.size() - done);
    if (!status.ok()) return status;
  }
  return contents;
}

absl::Status RequireRegularFile(int descriptor, const std::string& path) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) return FileError(errno, path, "examine");
  return S_ISREG(info.st_mode) ? absl::OkStatus() : NoRegularFile(path, info.st_mode);
}

absl::Status CreateFolders(const std::string& path, std::vector<std::string>* made) {
  if (path.empty()) return absl::InvalidArgumentError("cannot make a folder without a name");
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    if (end != std::string::npos && GoesUp(path.substr(end)) && !IsFolder(folder)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": found '..' after ", folder, ", which is no folder, expected one that is there"));
    }
    if (Files().MakeFolder(folder.c_str(), 0777) == 0) {
      if (made != nullptr) made->push_back(folder);
      if (absl::Status status = SyncFolder(FolderOf(folder)); !status.ok()) return status;
    } else {
      const int error_number = errno;
      if (!IsFolder(folder)) {
        return Expecting(kWritable, FileError(error_number == EEXIST ? ENOTDIR : error_number,
                                              folder, "make folder"));
      }
    }
    if (end == std::string::npos) return absl::OkStatus();
  }
}

absl::Status RequireSpace(const std::string& path, int64_t bytes) {
  const int64_t free = Files().FreeBytes(FolderOf(path).c_str());
  if (free < 0 || free >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(path, ": needs ", bytes, " bytes, found ", free,
                                                   " free on its disk"));
}

absl::Status SyncFolder(const std::string& path) {
  const int descriptor =
      Files().Open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (descriptor < 0) return FileError(errno, path, "open");
  // Some file systems cannot sync a folder and say EINVAL; there is nothing more to be done there.
  const int error_number = Files().Sync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
  Files().Close(descriptor);
  return error_number == 0 ? absl::OkStatus() : FileError(error_number, path, "sync folder");
}

}  // namespace hairpin
