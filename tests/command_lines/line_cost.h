// What a command line asks for, told by its sizes alone.
//
//   const LineCost cost = CostOf("train_gpt", {{"hidden", 1048576}, {"layers", 2}, ...});
//   cost.least_bytes > the machine's: it must be refused
#ifndef HAIRPIN_TESTS_COMMAND_LINES_LINE_COST_H_
#define HAIRPIN_TESTS_COMMAND_LINES_LINE_COST_H_

#include <map>
#include <string>

namespace hairpin {

struct LineCost {
  double flops = 0;        // at most; what is no product is counted as so many of them
  double most_bytes = 0;   // of memory, at most
  double least_bytes = 0;  // at least
};

using Sizes = std::map<std::string, double>;  // of flags, by their names

// Of a training of one step on the inputs of input_files.h, or of the steps that analyze measures.
// Nothing of a program that computes no step. Simple bounds: every layer as wide as a register at
// least, and each parameter used for each row. `least_bytes` has parameters, gradients, a moment
// and a few values of each layer. They leave out what other flags than sizes change: a model or
// optimizer by name, --checkpointing, --ema, steps; and threads' scratch, but for 64 MB.
LineCost CostOf(const std::string& program, const Sizes& sizes);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_COMMAND_LINES_LINE_COST_H_
