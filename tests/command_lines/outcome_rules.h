// What every program promises of its end, whatever it was asked.
#ifndef HAIRPIN_TESTS_COMMAND_LINES_OUTCOME_RULES_H_
#define HAIRPIN_TESTS_COMMAND_LINES_OUTCOME_RULES_H_

#include <map>
#include <string>

#include "tests/programs/child_process.h"

namespace hairpin {

// "" or what is wrong: exit code 0 or 1, in time, without a CHECK's or a sanitizer's report. With
// exit code 1 the last line says why, "program: message", and no other begins like it: what stands
// above, if anything, is the progress of a training that failed late.
std::string WrongEnd(const std::string& program, const Outcome& outcome);

// All files and folders below a folder, with their contents; a folder's is "folder".
using Tree = std::map<std::string, std::string>;
Tree TreeOf(const std::string& folder);

// "" or what a program that was refused has left or changed, which is nothing: but a run that came
// to its steps, to be gone on with. Its folder is *run then, if it is a new one.
std::string WrongTrace(const Tree& before, const Tree& after, std::string* run);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_COMMAND_LINES_OUTCOME_RULES_H_
