#include "tools/training/progress.h"

#include <unistd.h>

#include <chrono>
#include <cstdarg>
#include <cstdio>

namespace hairpin {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Progress::Progress() : Progress(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() { Clear(); }

void Progress::Clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

void Progress::Update(const char* format, ...) {
  const double now = Now();
  if (!terminal_ || now - last_ < 0.1) return;
  last_ = now;
  Clear();
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::Line(const char* format, ...) {
  Clear();
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
  std::fflush(stderr);
}

void Progress::Bytes(const char* what, int64_t done, int64_t total) {
  Update("%s: %d %%", what, total > 0 ? static_cast<int>(100 * done / total) : 100);
}

void FormatDuration(double seconds, char* text, int size) {
  const int64_t s = static_cast<int64_t>(seconds + 0.5);
  if (s >= 3600) {
    std::snprintf(text, size, "%d h %d min", static_cast<int>(s / 3600),
                  static_cast<int>(s % 3600 / 60));
  } else if (s >= 60) {
    std::snprintf(text, size, "%d min %d s", static_cast<int>(s / 60), static_cast<int>(s % 60));
  } else {
    std::snprintf(text, size, "%d s", static_cast<int>(s));
  }
}

}  // namespace hairpin
