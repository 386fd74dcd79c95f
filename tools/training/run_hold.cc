#include "tools/training/run_hold.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

// Starts that fail at the same time may remove the folder this often; never seen twice.
constexpr int kTries = 100;

// Also a link that leads nowhere, which would not survive Undo.
bool Exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

absl::Status For(const char* flag, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(flag, ": ", std::string(status.message())));
}

// Number of the process that holds the lock of `path`, 0 where the system doesn't tell. A line of
// /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 08:02:131090 0 EOF".
int64_t Holder(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return 0;
  char file[64];
  std::snprintf(file, sizeof(file), "%02x:%02x:%llu", major(status.st_dev), minor(status.st_dev),
                static_cast<unsigned long long>(status.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, locked;
    int64_t process = 0;
    words >> number >> kind >> mode >> access >> process >> locked;
    if (words && kind == "FLOCK" && locked == file && process > 0) return process;
  }
  return 0;
}

std::string Busy(const RunFolder& folder) {
  const int64_t holder = Holder(folder.path());
  return absl::StrCat(folder.path(), ": found ",
                      holder > 0 ? absl::StrCat("process ", holder) : "another process",
                      " that trains in it, expected a folder that none uses");
}

}  // namespace

RunHold& RunHold::operator=(RunHold&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(parts_, other.parts_);
  std::swap(made_folders_, other.made_folders_);
  return *this;
}

RunHold::~RunHold() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<RunHold::Locked> RunHold::Lock(const std::string& path) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) {
    if (errno == ENOENT) return Locked::kGone;
    return FileError(errno, path, "open");
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return Locked::kBusy;
  path_ = path;
  return Check().ok() ? Locked::kYes : Locked::kGone;
}

absl::Status RunHold::Check() const {
  struct stat held, there;
  if (fstat(descriptor_, &held) != 0) return FileError(errno, path_, "read");
  const bool found = stat(path_.c_str(), &there) == 0;
  if (found && there.st_dev == held.st_dev && there.st_ino == held.st_ino) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      path_, ": found ", found ? "another folder" : "none",
      ", expected the run's, which was moved or removed while it trains; --resume goes on where it "
      "is now"));
}

absl::Status RunHold::Make(const RunFolder& folder, const Run& run) {
  if (folder.RequireRun().ok()) {
    return absl::AlreadyExistsError(absl::StrCat(
        folder.path(), ": found a run, expected an empty or new folder (--resume goes on with a "
        "run)"));
  }
  for (const std::string& part : folder.Parts()) {
    if (Exists(part)) {  // would be taken for this run's, or lost
      return absl::AlreadyExistsError(
          absl::StrCat(part, ": found it, expected an empty or new folder"));
    }
  }
  if (access(folder.path().c_str(), W_OK) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(folder.path(), ": cannot be written to"));
  }
  parts_ = folder.Parts();  // from here on they are this run's
  if (absl::Status s = folder.WriteRun(run); !s.ok()) return s;
  return folder.MakeFolders();
}

absl::StatusOr<RunHold> RunHold::New(const RunFolder& folder, const Run& run) {
  RunHold hold;
  const auto undone = [&](const absl::Status& status) {
    hold.Undo();
    return For("--out_dir", status);
  };
  absl::Status made;
  for (int i = 0; i < kTries; ++i) {
    made = CreateFolders(folder.path(), &hold.made_folders_);
    if (absl::IsNotFound(made)) continue;  // removed before the next one was in it
    if (!made.ok()) return undone(made);
    const absl::StatusOr<Locked> locked = hold.Lock(folder.path());
    if (!locked.ok()) return undone(locked.status());
    if (*locked == Locked::kGone) continue;
    if (*locked == Locked::kBusy) {
      return For("--out_dir", absl::AlreadyExistsError(Busy(folder)));
    }
    if (absl::Status s = hold.Make(folder, run); !s.ok()) return undone(s);
    return hold;
  }
  return For("--out_dir", !made.ok() ? made
                                     : absl::UnavailableError(absl::StrCat(
                                           folder.path(), ": found it removed by others ", kTries,
                                           " times, expected it to stay")));
}

absl::StatusOr<RunHold> RunHold::Resume(const RunFolder& folder) {
  if (absl::Status s = folder.RequireRun(); !s.ok()) return For("--resume", s);
  RunHold hold;
  const absl::StatusOr<Locked> locked = hold.Lock(folder.path());
  if (!locked.ok()) return For("--resume", locked.status());
  if (*locked == Locked::kBusy) return For("--resume", absl::UnavailableError(Busy(folder)));
  // A start that failed may have taken it away while this one waited for the lock.
  if (absl::Status s = folder.RequireRun(); !s.ok()) return For("--resume", s);
  folder.RemovePartialFiles();
  return hold;
}

void RunHold::Undo() {
  std::error_code ignored;
  if (held() && !Check().ok()) {  // what has these names now is not what New made
    parts_.clear();
    made_folders_.clear();
  }
  for (const std::string& part : parts_) std::filesystem::remove_all(part, ignored);
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder) {
    std::filesystem::remove(*folder, ignored);
  }
  parts_.clear();
  made_folders_.clear();
}

}  // namespace hairpin
