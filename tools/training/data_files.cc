#include "tools/training/data_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

// Whether a link in a folder leads to that folder or one above it.
bool LeadsUp(const fs::directory_entry& entry) {
  std::error_code error;
  if (!entry.is_symlink(error) || !entry.is_directory(error)) return false;
  const fs::path target = fs::canonical(entry.path(), error);
  const fs::path folder = fs::canonical(entry.path().parent_path(), error);
  return std::mismatch(target.begin(), target.end(), folder.begin(), folder.end()).first ==
         target.end();
}

// All files of a folder, in order. A class of images may be a link to a folder, as it may for who
// reads them.
absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator entry(path, fs::directory_options::follow_directory_symlink,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (LeadsUp(*entry)) entry.disable_recursion_pending();
    if (entry->is_regular_file(error)) names.push_back(entry->path().string());
  }
  if (error) return FileError(error.value(), path, "read the folder");
  std::sort(names.begin(), names.end());
  return names;
}

// Of a file, or of all in a folder together: their bytes, and a sum of their names and sums.
absl::StatusOr<FileDigest> HashPath(const std::string& path) {
  SetUnderWay("a piece of the data");
  std::error_code error;
  if (!fs::is_directory(path, error)) return HashFile(path, {.stop = StopAsked});
  const absl::StatusOr<std::vector<std::string>> names = FilesIn(path);
  if (!names.ok()) return names.status();
  FileDigest folder;
  Sha256 sum;
  for (const std::string& name : *names) {
    const absl::StatusOr<FileDigest> file = HashFile(name, {.stop = StopAsked});
    if (!file.ok()) return file.status();
    folder.bytes += file->bytes;
    sum.Update(absl::StrCat(name.substr(path.size()), " ", file->sha256, "\n"));
  }
  folder.sha256 = sum.HexDigest();
  return folder;
}

// OK where it is as the record has it.
absl::Status Compare(const std::string& path, const DataFile& recorded) {
  const auto differs = [](const std::string& how) { return absl::FailedPreconditionError(how); };
  const absl::StatusOr<FileDigest> now = HashPath(path);
  if (absl::IsCancelled(now.status())) return now.status();
  if (absl::IsNotFound(now.status())) return differs(std::string(now.status().message()));
  if (!now.ok()) return now.status();
  const int64_t bytes = recorded.bytes();
  if (now->bytes == bytes) {
    if (now->sha256 == recorded.sha256()) return absl::OkStatus();
    return differs(absl::StrCat(path, ": found contents with SHA-256 ", now->sha256, ", expected ",
                                recorded.sha256()));
  }
  if (now->bytes > bytes) {
    const absl::StatusOr<FileDigest> begin = HashFile(path, {.most = bytes, .stop = StopAsked});
    if (absl::IsCancelled(begin.status())) return begin.status();
    if (begin.ok() && begin->sha256 == recorded.sha256()) {
      return differs(absl::StrCat(path, ": found ", now->bytes - bytes, " bytes after the ", bytes,
                                  " that it had, expected none"));
    }
  }
  return differs(absl::StrCat(path, ": found ", now->bytes, " bytes, expected ", bytes));
}

// Also where the current folder was removed, which only matters to a path that is relative.
std::string Absolute(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = path.is_absolute() ? path : fs::absolute(path, error);
  return error ? path.string() : absolute.string();
}

// What is another text once somebody has written to the file, or to one in the folder.
std::string Stamp(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names = {path};
  if (fs::is_directory(path, error)) {
    names = FilesIn(path).value_or(std::vector<std::string>());
  }
  std::string stamp;
  for (const std::string& name : names) {
    struct stat status = {};
    stat(name.c_str(), &status);
    absl::StrAppend(&stamp, name, " ", static_cast<int64_t>(status.st_ino), " ",
                    static_cast<int64_t>(status.st_size), " ",
                    static_cast<int64_t>(status.st_mtim.tv_sec), " ",
                    static_cast<int64_t>(status.st_mtim.tv_nsec), "\n");
  }
  return stamp;
}

}  // namespace

DataWatch::DataWatch(std::vector<std::string> paths) : paths_(std::move(paths)) {
  for (const std::string& path : paths_) stamps_.push_back(Stamp(path));
}

absl::Status DataWatch::Check() const {
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (Stamp(paths_[i]) != stamps_[i]) {
      return absl::FailedPreconditionError(absl::StrCat(
          paths_[i], ": found that it changed while it was read, expected data that nobody writes "
                     "to"));
    }
  }
  return absl::OkStatus();
}

absl::Status RecordDataFiles(const std::vector<std::string>& paths, Run* run) {
  run->clear_data();
  for (const std::string& path : paths) {
    const absl::StatusOr<FileDigest> digest = HashPath(path);
    if (!digest.ok()) return digest.status();
    DataFile* const file = run->add_data();
    file->set_path(Absolute(path));
    file->set_bytes(digest->bytes);
    file->set_sha256(digest->sha256);
  }
  return absl::OkStatus();
}

absl::Status CheckDataFiles(const std::vector<std::string>& paths, const Run& run) {
  if (run.data().empty()) return absl::OkStatus();
  if (static_cast<int>(paths.size()) != run.data_size()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "found ", paths.size(), " files to learn from, expected ", run.data_size()));
  }
  for (int i = 0; i < run.data_size(); ++i) {
    if (absl::Status s = Compare(paths[i], run.data(i)); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status MoveDataFiles(const std::vector<std::string>& from, const std::vector<std::string>& to,
                           bool any_contents, Run* run) {
  const auto same_place = [](const std::string& path, const DataFile& file) {
    return fs::path(path).lexically_normal() == fs::path(file.path()).lexically_normal();
  };
  auto* const data = run->mutable_data();
  const auto first =
      std::search(data->begin(), data->end(), from.begin(), from.end(),
                  [&](const DataFile& file, const std::string& p) { return same_place(p, file); });
  if (from.empty() || first == data->end()) {
    return absl::NotFoundError("the record has no such files");
  }
  Run moved;
  moved.mutable_data()->Add(first, first + static_cast<std::ptrdiff_t>(from.size()));
  if (from.size() != to.size() || !any_contents) {
    if (absl::Status s = CheckDataFiles(to, moved); !s.ok()) return s;
  }
  for (size_t i = 0; i < to.size(); ++i) {
    first[static_cast<std::ptrdiff_t>(i)].set_path(Absolute(to[i]));
  }
  return absl::OkStatus();
}

}  // namespace hairpin
