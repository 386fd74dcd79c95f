#include "tests/programs/child_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "tensor/check.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// That a process was ready to run and others had the cores: its main thread's second number.
double SecondsWaiting(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/schedstat");
  double running = 0, waiting = 0;
  file >> running >> waiting;
  return file ? waiting * 1e-9 : 0;
}

[[noreturn]] void BecomeChild(const Child& child, char* const* arguments) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
  for (const auto& [name, value] : child.environment) setenv(name.c_str(), value.c_str(), 1);
  const int log = open(child.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int nothing = open("/dev/null", O_RDONLY);
  if (log >= 0 && nothing >= 0 && dup2(nothing, 0) == 0 && dup2(log, 1) == 1 &&
      dup2(log, 2) == 2 && chdir(child.folder.c_str()) == 0) {
    execv(arguments[0], arguments);
  }
  _exit(127);
}

}  // namespace

Outcome RunChild(const Child& child) {
  std::vector<char*> arguments;
  for (const std::string& word : child.command) arguments.push_back(const_cast<char*>(word.data()));
  arguments.push_back(nullptr);
  const Clock::time_point begin = Clock::now();
  const pid_t id = fork();
  HAIRPIN_CHECK(id >= 0) << "fork: errno " << errno;
  if (id == 0) BecomeChild(child, arguments.data());
  Outcome outcome;
  double seconds = 0, signalled = 0;  // now, and when, without what it waited for a core
  while (true) {
    siginfo_t ended = {};  // it is looked at once more before it is gone
    const int waited =
        waitid(P_PID, static_cast<id_t>(id), &ended,
               WEXITED | WNOWAIT | (outcome.late ? 0 : WNOHANG));
    if (waited == 0 && ended.si_pid == id) break;
    HAIRPIN_CHECK(waited == 0 || errno == EINTR) << "waitid: errno " << errno;
    seconds = SecondsSince(begin);
    if (seconds >= child.seconds || signalled > 0) seconds -= SecondsWaiting(id);
    if (seconds >= child.seconds && signalled == 0) {
      kill(id, child.signal);
      signalled = seconds;
    }
    if (signalled > 0 && (child.signal == SIGKILL || seconds >= signalled + child.grace)) {
      kill(id, SIGKILL);
      outcome.late = true;
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  outcome.seconds = SecondsSince(begin) - SecondsWaiting(id);
  int status = 0;
  rusage usage = {};
  HAIRPIN_CHECK(wait4(id, &status, 0, &usage) == id) << "wait4: errno " << errno;
  outcome.most_bytes = 1024.0 * static_cast<double>(usage.ru_maxrss);
  if (signalled > 0) outcome.after_signal = seconds - signalled;
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  outcome.late = outcome.late && outcome.signal == SIGKILL;
  outcome.log = ReadFile(child.log).value_or("");
  return outcome;
}

}  // namespace hairpin
