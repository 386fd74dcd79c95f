// What random command lines name.
#ifndef HAIRPIN_TESTS_COMMAND_LINES_INPUT_FILES_H_
#define HAIRPIN_TESTS_COMMAND_LINES_INPUT_FILES_H_

#include <string>

namespace hairpin {

// Small good inputs of every program into `folder`, one empty and one odd file, and a folder.
void MakeInputFiles(const std::string& folder);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_COMMAND_LINES_INPUT_FILES_H_
