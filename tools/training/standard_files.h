// Standard input, output and error of a program: that they are there, that what is printed arrives,
// and that it is text.
//
//   OpenStandardFiles();                                     // first of all
//   std::printf("%s\n", answer.c_str());
//   if (absl::Status s = FlushOutput(); !s.ok()) return s;
//   std::fprintf(stderr, "program: %s\n", EscapeControls(message).c_str());
#ifndef HAIRPIN_TOOLS_TRAINING_STANDARD_FILES_H_
#define HAIRPIN_TOOLS_TRAINING_STANDARD_FILES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace hairpin {

// Those that the caller has closed lead to /dev/null from now on. Else the next file that is opened
// would get the number of one, and with it what is printed.
void OpenStandardFiles();

// What was printed is written: for programs that print as they go, and else would go on for nobody.
// An error where standard output can't take it, with the reason unless printf met it before; the
// first one stays the answer.
absl::Status FlushOutput();

// Control characters as "\n", "\x1b", "\u0085": names of files may hold them, and a terminal
// would obey. Other UTF-8 stays as it is.
std::string EscapeControls(const std::string& text);

// Whether EscapeControls would change it. Allocates nothing.
bool HasControls(std::string_view text);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_STANDARD_FILES_H_
