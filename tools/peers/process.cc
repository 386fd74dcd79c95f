#include "tools/peers/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace hairpin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kShownOfErrors = 600;  // the end of a traceback

// Both ends of a pipe, closed at the latest when it goes.
struct Pipe {
  int ends[2] = {-1, -1};
  bool Open() { return pipe2(ends, O_CLOEXEC) == 0; }
  void Close(int end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  ~Pipe() {
    Close(0);
    Close(1);
  }
};

// Whether a line of `text` begins with `watched`, the last one if it is whole.
bool HasLine(const std::string& text, const std::string& watched) {
  const size_t at = absl::StrCat("\n", text).find("\n" + watched);
  return at != std::string::npos && text.find('\n', at) != std::string::npos;
}

// Reads both pipes until they are closed.
void ReadAll(Pipe (&pipes)[2], Clock::time_point begin, const std::string& watched,
             ProcessResult* result) {
  std::string* const texts[2] = {&result->standard_output, &result->standard_error};
  pollfd polled[2] = {{pipes[0].ends[0], POLLIN, 0}, {pipes[1].ends[0], POLLIN, 0}};
  std::array<char, 1 << 14> buffer;
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return;
    for (int i = 0; i < 2; ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      const ssize_t size = read(polled[i].fd, buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) {
        polled[i].fd = -1;
        continue;
      }
      texts[i]->append(buffer.data(), static_cast<size_t>(size));
      const bool watches = i == 1 && !watched.empty() && !result->seconds_to_watched;
      if (watches && HasLine(*texts[i], watched)) {
        result->seconds_to_watched = std::chrono::duration<double>(Clock::now() - begin).count();
      }
    }
  }
}

std::string LastLines(const std::string& text) {
  std::string end = text.size() > kShownOfErrors ? text.substr(text.size() - kShownOfErrors) : text;
  while (!end.empty() && end.back() == '\n') end.pop_back();
  return end;
}

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& command,
                                         const std::string& watched) {
  Pipe pipes[2];
  if (!pipes[0].Open() || !pipes[1].Open()) return absl::ErrnoToStatus(errno, "cannot open a pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipes[0].ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipes[1].ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const Clock::time_point begin = Clock::now();
  pid_t process = 0;
  const int error =
      posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return absl::ErrnoToStatus(error, absl::StrCat(command[0], ": cannot start"));
  }
  pipes[0].Close(1);
  pipes[1].Close(1);
  ProcessResult result;
  ReadAll(pipes, begin, watched, &result);
  int status = 0;
  rusage usage{};
  while (wait4(process, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot wait for a program");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::InternalError(absl::StrCat(
        command[0], ": ",
        WIFEXITED(status) ? absl::StrCat("found exit code ", WEXITSTATUS(status))
                          : absl::StrCat("ended by signal ", WTERMSIG(status)),
        ", expected 0; its last words:\n", LastLines(result.standard_error)));
  }
  result.resident_peak_bytes = int64_t{usage.ru_maxrss} * 1024;
  return result;
}

}  // namespace hairpin
