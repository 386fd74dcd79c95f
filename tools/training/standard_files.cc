#include "tools/training/standard_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "absl/strings/str_format.h"

namespace hairpin {
namespace {

// The control character that begins at byte `i`, of one byte or, U+0080 to U+009F, of two; or -1.
int ControlAt(std::string_view text, size_t i) {
  const auto byte = static_cast<unsigned char>(text[i]);
  if (byte < 0x20 || byte == 0x7f) return byte;
  const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
  return byte == 0xc2 && next >= 0x80 && next < 0xa0 ? next : -1;
}

}  // namespace

void OpenStandardFiles() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDWR);  // takes the lowest free number
  }
}

absl::Status FlushOutput() {
  static int failed = 0;  // printf may fail before, when nobody asks, or this call for another
  errno = 0;
  if (std::fflush(stdout) != 0 && failed == 0) failed = errno;
  if (failed == 0 && std::ferror(stdout) == 0) return absl::OkStatus();
  constexpr char kFailed[] = "standard output: cannot write, expected room for all of it";
  return failed != 0 ? absl::ErrnoToStatus(failed, kFailed) : absl::DataLossError(kFailed);
}

std::string EscapeControls(const std::string& text) {
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    const int control = ControlAt(text, i);
    if (control < 0) {
      line += text[i];
    } else if (control == '\n') {
      line += "\\n";
    } else if (control < 0x80) {
      absl::StrAppendFormat(&line, "\\x%02x", control);
    } else {
      absl::StrAppendFormat(&line, "\\u%04x", control);
      ++i;
    }
  }
  return line;
}

bool HasControls(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (ControlAt(text, i) >= 0) return true;
  }
  return false;
}

}  // namespace hairpin
