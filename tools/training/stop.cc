#include "tools/training/stop.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"

namespace hairpin {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr const char* kNames[] = {"SIGINT", "SIGTERM", "SIGHUP"};

std::atomic<int> stop_signal{0};
std::atomic<const char*> under_way{"what is under way"};
std::atomic<bool> caught[std::size(kSignals)];
static_assert(std::atomic<int>::is_always_lock_free);  // set and read by a signal's handler
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<const char*>::is_always_lock_free);

// What a signal's handler may do: printf may not be called there.
void Say(const char* text) {
  pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (poll(&ready, 1, 0) != 1) return;  // who reads it doesn't: the signal goes before
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
}

void Note(int number) {
  stop_signal = number;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    if (caught[i]) std::signal(kSignals[i], SIG_DFL);
  }
  const int error = errno;  // of the call that the signal came into
  if (isatty(STDERR_FILENO) != 0) Say("\n");  // a line of progress may stand there
  Say("stopping after ");
  Say(under_way);
  Say("; a second signal ends at once\n");
  errno = error;
}

std::string Name(int signal) {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    if (kSignals[i] == signal) return kNames[i];
  }
  return absl::StrCat("signal ", signal);
}

}  // namespace

void CatchStopSignals() {
  struct sigaction action = {};
  action.sa_handler = Note;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    struct sigaction before;
    // Who started it with nohup, or in the background of a script, doesn't want it to end.
    const bool ignored =
        sigaction(kSignals[i], nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    caught[i] = !ignored;
    if (!ignored) sigaction(kSignals[i], &action, nullptr);
  }
  // That nobody reads what it says, or that a file is larger than a limit, is an error of the write
  // and no reason to die in the middle of it.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool StopAsked() { return stop_signal.load(std::memory_order_relaxed) != 0; }

void SetUnderWay(const char* what) { under_way = what; }

absl::Status StopError(const std::string& what) {
  return absl::CancelledError(
      absl::StrCat("stopped by ", Name(stop_signal), ": ", what));
}

int StopExitCode() { return 128 + stop_signal; }

void SetStopSignal(int signal) { stop_signal = signal; }

}  // namespace hairpin
