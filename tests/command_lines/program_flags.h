// What a program's --help and its refusals say of its flags.
#ifndef HAIRPIN_TESTS_COMMAND_LINES_PROGRAM_FLAGS_H_
#define HAIRPIN_TESTS_COMMAND_LINES_PROGRAM_FLAGS_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hairpin {

struct Bounds {
  double least = 0, most = 0;
  bool whole = true;  // a whole number
};

struct Flag {
  std::string name;
  std::vector<std::string> words;  // of its help
  std::optional<Bounds> bounds = std::nullopt;    // of a number in a program that has sizes
};

struct Program {
  std::string path, name;
  std::vector<Flag> flags;
  // What a line has unless it draws something else: small sizes and files of input_files.h.
  std::vector<std::pair<std::string, std::string>> base;
  bool takes_arguments = false;
  bool trains = false;
  bool has_sizes = false;  // of a model: it trains or takes a training apart
  int lines = 0, refused = 0;
};

// Starts the program, with `log` for what it says: once for its flags and, where it has sizes, once
// for each flag without a value, which is refused with its bounds.
Program DescribeProgram(const std::string& path, const std::string& log);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_COMMAND_LINES_PROGRAM_FLAGS_H_
