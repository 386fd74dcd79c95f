#include "tools/training/stop.h"

#include <atomic>
#include <csignal>

#include "absl/strings/str_cat.h"

namespace hairpin {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

std::atomic<int> stop_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);  // set by a signal's handler

void Note(int number) {
  stop_signal = number;
  for (const int each : kSignals) std::signal(each, SIG_DFL);
}

}  // namespace

void CatchStopSignals() {
  struct sigaction action = {};
  action.sa_handler = Note;
  action.sa_flags = SA_RESTART;
  for (const int number : kSignals) {
    struct sigaction before;
    // Who started it with nohup, or in the background of a script, doesn't want it to end.
    const bool ignored = sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    if (!ignored) sigaction(number, &action, nullptr);
  }
}

bool StopAsked() { return stop_signal.load(std::memory_order_relaxed) != 0; }

absl::Status StopError(const std::string& what) {
  return absl::CancelledError(
      absl::StrCat("stopped by ", stop_signal == SIGTERM ? "SIGTERM" : "SIGINT", ": ", what));
}

int StopExitCode() { return 128 + stop_signal; }

void SetStopSignal(int signal) { stop_signal = signal; }

}  // namespace hairpin
