// Programs started by tests, with a limit of time or killed at an instant. Limits are of the
// program's own time: that it could not run because others had the cores doesn't count.
//
//   const Outcome outcome = RunChild({.command = {train_mlm, "--steps=1"}, .log = folder + "/log",
//                                     .seconds = 20});
//   EXPECT_EQ(outcome.code, 0) << outcome.log;
#ifndef HAIRPIN_TESTS_PROGRAMS_CHILD_PROCESS_H_
#define HAIRPIN_TESTS_PROGRAMS_CHILD_PROCESS_H_

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace hairpin {

struct Child {
  std::vector<std::string> command;  // the program's path first
  std::string log;                   // file for standard output and error
  double seconds = 600;              // then it gets the signal
  int signal = SIGKILL;
  double grace = 0;                  // so much later it is killed
  std::string folder = ".";          // where it starts
  std::vector<std::pair<std::string, std::string>> environment = {};  // besides this process's
};

struct Outcome {
  int code = -1;    // exit code, if it ended by itself
  int signal = 0;   // that ended it, else 0
  bool late = false;  // it was killed, having had a signal or not, for its time
  double seconds = 0;  // from its start to its end
  double most_bytes = 0;  // that were resident at once, of it or one of its own children
  double after_signal = 0;  // from the signal to its end; 0 where it ended before
  std::string log;  // what it said
};

// Starts it and waits for its end. Nothing is on its standard input.
Outcome RunChild(const Child& child);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_PROGRAMS_CHILD_PROCESS_H_
