#include "tools/peers/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/training/progress.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

constexpr size_t kShownOfErrors = 600;  // the end of a traceback
constexpr int kPollMilliseconds = 500;

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

// Reads both pipes until they are closed, a signal asks to stop, or the time is over.
absl::Status ReadAll(Pipe (&pipes)[2], double begin, const ProcessOptions& options,
                     ProcessResult* result) {
  std::string* const texts[2] = {&result->standard_output, &result->standard_error};
  pollfd polled[2] = {{pipes[0].ends[0], POLLIN, 0}, {pipes[1].ends[0], POLLIN, 0}};
  std::array<char, 1 << 14> buffer;
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (StopAsked()) return StopError("while other programs were measured");
    if (Now() - begin > options.most_seconds) {
      return absl::DeadlineExceededError(
          absl::StrCat("found no end after ", options.most_seconds, " s, expected one"));
    }
    // A signal ends the wait, but for one that came just before it.
    if (const int ready = poll(polled, 2, kPollMilliseconds); ready <= 0) {
      if (ready == 0 || errno == EINTR) continue;
      return absl::ErrnoToStatus(errno, "cannot wait for output");
    }
    for (int i = 0; i < 2; ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      const ssize_t size = read(polled[i].fd, buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) {
        polled[i].fd = -1;
        continue;
      }
      texts[i]->append(buffer.data(), static_cast<size_t>(size));
      const bool watches = i == 1 && !options.watched.empty() && !result->seconds_to_watched;
      if (watches && HasLine(*texts[i], options.watched)) {
        result->seconds_to_watched = Now() - begin;
      }
    }
  }
  return absl::OkStatus();
}

std::string LastLines(const std::string& text) {
  std::string end = text.size() > kShownOfErrors ? text.substr(text.size() - kShownOfErrors) : text;
  while (!end.empty() && end.back() == '\n') end.pop_back();
  return end;
}

// In the new process, where nothing may be allocated: becomes the program, or tells `failed`
// why it can't.
[[noreturn]] void BecomeProgram(char* const* arguments, int output, int error, int failed,
                                pid_t caller) {
  setpgid(0, 0);  // a group of its own, which can be killed as a whole
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != caller) _exit(1);  // it died before that
  const int input = open("/dev/null", O_RDONLY);
  if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
      dup2(error, STDERR_FILENO) >= 0) {
    execvp(arguments[0], arguments);
  }
  const int reason = errno;
  _exit(write(failed, &reason, sizeof(reason)) == sizeof(reason) ? 127 : 126);
}

// The process, or why it could not become the program.
absl::StatusOr<pid_t> Start(const std::vector<std::string>& command, Pipe (&pipes)[2]) {
  Pipe failed;  // closed by the program's start, as no program inherits it
  if (!pipes[0].Open() || !pipes[1].Open() || !failed.Open()) {
    return absl::ErrnoToStatus(errno, "cannot open a pipe");
  }
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t caller = getpid();
  const pid_t process = fork();
  if (process < 0) return absl::ErrnoToStatus(errno, absl::StrCat(command[0], ": cannot start"));
  if (process == 0) {
    BecomeProgram(arguments.data(), pipes[0].ends[1], pipes[1].ends[1], failed.ends[1], caller);
  }
  pipes[0].Close(1);
  pipes[1].Close(1);
  failed.Close(1);
  int reason = 0;
  ssize_t size;
  do {
    size = read(failed.ends[0], &reason, sizeof(reason));
  } while (size < 0 && errno == EINTR);
  if (size != sizeof(reason)) return process;
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
  return absl::ErrnoToStatus(reason, absl::StrCat(command[0], ": cannot start"));
}

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const std::vector<std::string>& command,
                                         const ProcessOptions& options) {
  Pipe pipes[2];
  const double begin = Now();
  const absl::StatusOr<pid_t> process = Start(command, pipes);
  if (!process.ok()) return process.status();
  ProcessResult result;
  const absl::Status read = ReadAll(pipes, begin, options, &result);
  if (!read.ok()) kill(-*process, SIGKILL);
  int status = 0;
  rusage usage{};
  while (wait4(*process, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot wait for a program");
  }
  if (!read.ok()) {
    return absl::IsCancelled(read)
               ? read
               : absl::Status(read.code(), absl::StrCat(command[0], ": ",
                                                        std::string(read.message())));
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
