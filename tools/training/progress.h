// What a person sees of a long program: one line that is redrawn on a terminal,
// and plain lines in a file or pipe. To standard error, so that standard output
// stays what the program is for.
#ifndef HAIRPIN_TOOLS_TRAINING_PROGRESS_H_
#define HAIRPIN_TOOLS_TRAINING_PROGRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace hairpin {

class Progress {
 public:
  // Whether standard error is a terminal is found out, or said.
  Progress();
  explicit Progress(bool terminal) : terminal_(terminal) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Redraws the line on a terminal, at most ten times a second; nothing else.
  // printf's format; allocates nothing.
  void Update(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // A line that stays, of at most 4,095 bytes; control characters, which names may hold, are
  // escaped (EscapeControls). Allocates nothing where there are none.
  void Line(const char* format, ...) __attribute__((format(printf, 2, 3)));
  // Each line of `text` by Line.
  void Lines(std::string_view text);
  // "reading novels.txt: 43 %", for something of `total` bytes.
  void Bytes(const char* what, int64_t done, int64_t total);

  bool terminal() const { return terminal_; }

 private:
  void Clear();
  bool terminal_;
  bool drawn_ = false;
  double last_ = 0;
};

// "41 s", "2 h 13 min", "5 d 3 h", "12 years 40 d", a year being 365 days.
void FormatDuration(double seconds, char* text, int size);

// Seconds of a clock that never goes back.
double Now();

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_PROGRESS_H_
