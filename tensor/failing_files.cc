#include "tensor/failing_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tensor/check.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  HAIRPIN_CHECK(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `now` as far as it was synced, and half of what comes then.
std::string Torn(const std::string& synced, const std::string& now) {
  const auto same = static_cast<size_t>(
      std::mismatch(synced.begin(), synced.end(), now.begin(), now.end()).second - now.begin());
  return now.substr(0, same + (now.size() - same) / 2);
}

std::string PathOf(int descriptor) {
  return fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor)).string();
}

}  // namespace

void FailingFiles::FailAt(int number, int error_number) {
  calls_ = 0;
  fail_at_ = number;
  error_number_ = error_number;
  failed_.clear();
}

bool FailingFiles::Fails(const char* call) {
  if (++calls_ != fail_at_) return false;
  failed_ = call;
  if (error_number_ == kShortWrite) return false;
  errno = error_number_;
  return true;
}

size_t FailingFiles::Shortened(size_t bytes) {
  return calls_ == fail_at_ && error_number_ == kShortWrite ? (bytes + 1) / 2 : bytes;
}

int FailingFiles::Open(const char* path, int flags, mode_t mode) {
  return Fails("open") ? -1 : FileCalls::Open(path, flags, mode);
}

ssize_t FailingFiles::Write(int descriptor, const void* data, size_t bytes) {
  return Fails("write") ? -1 : FileCalls::Write(descriptor, data, Shortened(bytes));
}

ssize_t FailingFiles::WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset) {
  return Fails("write") ? -1 : FileCalls::WriteAt(descriptor, data, Shortened(bytes), offset);
}

int FailingFiles::Truncate(int descriptor, int64_t bytes) {
  return Fails("truncate") ? -1 : FileCalls::Truncate(descriptor, bytes);
}

int FailingFiles::Sync(int descriptor) {
  if (Fails("sync")) return -1;
  return syncs_ ? FileCalls::Sync(descriptor) : 0;
}

int FailingFiles::Close(int descriptor) {
  const bool fails = Fails("close");
  const int error_number = errno;
  const int closed = FileCalls::Close(descriptor);  // close(2) closes also where it fails
  errno = error_number;
  return fails ? -1 : closed;
}

int FailingFiles::Rename(const char* from, const char* to) {
  return Fails("rename") ? -1 : FileCalls::Rename(from, to);
}

int FailingFiles::Unlink(const char* path) {
  return Fails("unlink") ? -1 : FileCalls::Unlink(path);
}

int FailingFiles::MakeFolder(const char* path, mode_t mode) {
  return Fails("mkdir") ? -1 : FileCalls::MakeFolder(path, mode);
}

int64_t FailingFiles::FreeBytes(const char* path) {
  return free_bytes_ >= 0 ? free_bytes_ : FileCalls::FreeBytes(path);
}

PowerLoss::PowerLoss(std::string folder) : folder_(fs::canonical(folder).string()) {
  SyncAll(folder_);
}

void PowerLoss::StopBefore(int number) {
  calls_ = 0;
  stop_before_ = number;
}

bool PowerLoss::Gone() {
  ++calls_;
  if (!stopped()) return false;
  errno = EIO;
  return true;
}

PowerLoss::FileId PowerLoss::IdOf(const std::string& path) {
  struct stat info;
  HAIRPIN_CHECK(stat(path.c_str(), &info) == 0) << path;
  if (S_ISDIR(info.st_mode)) return kFolder;
  const auto [it, is_new] = ids_.try_emplace(info.st_ino, last_id_ + 1);
  last_id_ += is_new;
  return it->second;
}

PowerLoss::NamesOfFolder PowerLoss::NamesIn(const std::string& folder) {
  NamesOfFolder names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names[entry.path().filename().string()] = IdOf(entry.path().string());
  }
  return names;
}

void PowerLoss::SyncAll(const std::string& folder) {
  folders_[folder] = NamesIn(folder);
  for (const auto& [name, id] : folders_[folder]) {
    const std::string path = folder + "/" + name;
    if (id == kFolder) {
      SyncAll(path);
    } else {
      contents_[id] = Contents(path);
    }
  }
}

void PowerLoss::Restart(Names names) {
  RestartFolder(folder_, names);
  *this = PowerLoss(folder_);
}

void PowerLoss::RestartFolder(const std::string& folder, Names names) {
  const NamesOfFolder there = NamesIn(folder);
  const NamesOfFolder wanted = names == Names::kLost ? folders_[folder] : there;
  for (const auto& [name, id] : there) {
    if (wanted.count(name) == 0) fs::remove_all(folder + "/" + name);
  }
  for (const auto& [name, id] : wanted) {
    const std::string path = folder + "/" + name;
    if (id == kFolder) {
      fs::create_directory(path);
      RestartFolder(path, names);
    } else {
      const std::string contents =
          names == Names::kTorn ? Torn(contents_[id], Contents(path)) : contents_[id];
      std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
    }
  }
}

int PowerLoss::Open(const char* path, int flags, mode_t mode) {
  if (Gone()) return -1;
  const bool is_new = !fs::exists(path);
  const int descriptor = FileCalls::Open(path, flags, mode);
  struct stat info;
  if (descriptor >= 0 && is_new && fstat(descriptor, &info) == 0) ids_[info.st_ino] = ++last_id_;
  return descriptor;
}

ssize_t PowerLoss::Write(int descriptor, const void* data, size_t bytes) {
  return Gone() ? -1 : FileCalls::Write(descriptor, data, bytes);
}

ssize_t PowerLoss::WriteAt(int descriptor, const void* data, size_t bytes, int64_t offset) {
  return Gone() ? -1 : FileCalls::WriteAt(descriptor, data, bytes, offset);
}

int PowerLoss::Truncate(int descriptor, int64_t bytes) {
  return Gone() ? -1 : FileCalls::Truncate(descriptor, bytes);
}

int PowerLoss::Sync(int descriptor) {
  if (Gone()) return -1;
  const std::string path = PathOf(descriptor);
  if (fs::is_directory(path)) {
    folders_[path] = NamesIn(path);
  } else {
    contents_[IdOf(path)] = Contents(path);
  }
  return 0;
}

int PowerLoss::Close(int descriptor) {
  const bool gone = Gone();
  FileCalls::Close(descriptor);  // of this process, which lives on
  return gone ? -1 : 0;
}

int PowerLoss::Rename(const char* from, const char* to) {
  return Gone() ? -1 : FileCalls::Rename(from, to);
}

int PowerLoss::Unlink(const char* path) { return Gone() ? -1 : FileCalls::Unlink(path); }

int PowerLoss::MakeFolder(const char* path, mode_t mode) {
  return Gone() ? -1 : FileCalls::MakeFolder(path, mode);
}

}  // namespace hairpin
