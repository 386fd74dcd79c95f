#include "tools/sentences/each_text.h"

#include <iostream>

#include "absl/strings/ascii.h"
#include "tools/training/standard_files.h"

namespace hairpin {

absl::Status ForEachText(const std::vector<std::string>& arguments,
                         const std::function<void(const std::string& text)>& use) {
  int texts = 0;
  const auto one = [&](const std::string& line) -> absl::Status {
    const std::string text(absl::StripAsciiWhitespace(line));
    if (text.empty()) return absl::OkStatus();
    ++texts;
    use(text);
    return FlushOutput();
  };
  for (const std::string& argument : arguments) {
    if (absl::Status s = one(argument); !s.ok()) return s;
  }
  if (arguments.empty()) {
    for (std::string line; std::getline(std::cin, line);) {
      if (absl::Status s = one(line); !s.ok()) return s;
    }
  }
  if (texts > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "found no text, expected some as arguments or as lines of standard input");
}

}  // namespace hairpin
