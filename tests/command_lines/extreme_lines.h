// Command lines with the largest and smallest sizes that a program takes, and just larger ones:
// such as are known to be small work, or known to be refused.
//
//   const ExtremeLine line = DrawExtremeLine(program, random);
//   outcome of the program's base, line.flags
//   const std::string wrong = WrongAnswer(line, outcome);
#ifndef HAIRPIN_TESTS_COMMAND_LINES_EXTREME_LINES_H_
#define HAIRPIN_TESTS_COMMAND_LINES_EXTREME_LINES_H_

#include <random>
#include <string>
#include <vector>

#include "tests/command_lines/line_cost.h"
#include "tests/command_lines/program_flags.h"
#include "tests/programs/child_process.h"

namespace hairpin {

struct ExtremeLine {
  enum Kind {
    kSmall,        // 50 GFLOP and 1 GB at most
    kOutOfBounds,  // a number that its flag doesn't take
    kTooLarge,     // for the machine's memory
  };
  Kind kind = kSmall;
  std::vector<std::string> flags;   // "--hidden=1048576", to stand behind the base
  std::vector<std::string> refused;  // what is said of the first one out of bounds
  LineCost cost;  // as predicted
};

// Draws one to three flags of a program with sizes, three in four of them sizes, and no --steps: a
// power of two or ten between the bounds, a bound, or the number next to it outside. Half of the
// lines are small, of five such the largest; a fourth is out of bounds, a fourth too large where
// the program can be. What is neither small nor too large for certain (line_cost.h) is drawn again.
ExtremeLine DrawExtremeLine(const Program& program, std::mt19937& random);

// "" or what is wrong: a number out of bounds is refused, named as it was written; so is what is
// too large, by its memory unless something else about a drawn flag is wrong; what is small never
// is for its memory, and takes no more than was predicted.
std::string WrongAnswer(const ExtremeLine& line, const Outcome& outcome);

// Whether it was refused for the memory that it would take.
bool RefusedForMemory(const Outcome& outcome);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_COMMAND_LINES_EXTREME_LINES_H_
