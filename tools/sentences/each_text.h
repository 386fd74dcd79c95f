// Texts from a program's arguments or, without any, from standard input, one a line.
//
//   return ForEachText(arguments, [&](const std::string& text) { std::puts(text.c_str()); });
#ifndef HAIRPIN_TOOLS_SENTENCES_EACH_TEXT_H_
#define HAIRPIN_TOOLS_SENTENCES_EACH_TEXT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace hairpin {

// Calls `use` with each that is not blank, without white space around it, and flushes standard
// output after each: until it can't take any more (FlushOutput).
absl::Status ForEachText(const std::vector<std::string>& arguments,
                         const std::function<void(const std::string& text)>& use);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_EACH_TEXT_H_
