#include "tools/training/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>

#include "tools/training/standard_files.h"

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
  char line[4096];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  std::fputs(HasControls(line) ? EscapeControls(line).c_str() : line, stderr);
  std::fputc('\n', stderr);
  std::fflush(stderr);
}

void Progress::Lines(std::string_view text) {
  for (size_t end = 0; !text.empty(); text.remove_prefix(std::min(text.size(), end + 1))) {
    end = std::min(text.find('\n'), text.size());
    Line("%.*s", static_cast<int>(end), text.data());
  }
}

void Progress::Bytes(const char* what, int64_t done, int64_t total) {
  Update("%s: %d %%", what, total > 0 ? static_cast<int>(100 * done / total) : 100);
}

void FormatDuration(double seconds, char* text, int size) {
  constexpr int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour, kYear = 365 * kDay;
  // More than fits into 64 bits is as good as that.
  const int64_t s = static_cast<int64_t>(std::min(seconds + 0.5, 9e18));
  const auto two = [&](int64_t unit, const char* name, int64_t smaller, const char* smaller_name) {
    std::snprintf(text, size, "%lld %s %lld %s", static_cast<long long>(s / unit), name,
                  static_cast<long long>(s % unit / smaller), smaller_name);
  };
  if (s >= 2 * kYear) {
    two(kYear, "years", kDay, "d");
  } else if (s >= 2 * kDay) {
    two(kDay, "d", kHour, "h");
  } else if (s >= kHour) {
    two(kHour, "h", kMinute, "min");
  } else if (s >= kMinute) {
    two(kMinute, "min", 1, "s");
  } else {
    std::snprintf(text, size, "%d s", static_cast<int>(s));
  }
}

}  // namespace hairpin
