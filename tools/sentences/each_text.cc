#include "tools/sentences/each_text.h"

#include <cstdio>
#include <iostream>

#include "absl/strings/ascii.h"

namespace hairpin {

absl::Status ForEachText(const std::vector<std::string>& arguments,
                         const std::function<void(const std::string& text)>& use) {
  int texts = 0;
  const auto one = [&](const std::string& line) {
    const std::string text(absl::StripAsciiWhitespace(line));
    if (text.empty()) return;
    ++texts;
    use(text);
    std::fflush(stdout);
  };
  for (const std::string& argument : arguments) one(argument);
  if (arguments.empty()) {
    for (std::string line; std::getline(std::cin, line);) one(line);
  }
  if (texts > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "found no text, expected some as arguments or as lines of standard input");
}

}  // namespace hairpin
