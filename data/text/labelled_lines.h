// Lines `label<TAB>text` for a classifier, and the speeches of a play as such lines.
//
//   absl::StatusOr<LabelledLines> lines = ReadLabelledLines("speeches.tsv");
//   lines->labels;              // "BUCKINGHAM", "CORIOLANUS", ... sorted by bytes
//   lines->texts[7];            // of class lines->classes[7]
//
// A line ends in LF or CRLF, its label at the first tab. Blank lines are skipped; what is not UTF-8
// becomes U+FFFD (data/line_reader.h).
//
// Errors are INVALID_ARGUMENT with "file:line: ", what was found and what was expected: no tab, an
// empty label or text, a NUL byte, a line of more than kMaxLineBytes, fewer than two labels.
#ifndef HAIRPIN_DATA_TEXT_LABELLED_LINES_H_
#define HAIRPIN_DATA_TEXT_LABELLED_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tensor/stop_question.h"

namespace hairpin {

inline constexpr int64_t kMaxLineBytes = int64_t{1} << 20;

struct LabelledLines {
  std::vector<std::string> labels;  // K of them, sorted
  std::vector<std::string> texts;   // N of them
  std::vector<int32_t> classes;     // [N], in [0, K)
};

// CANCELLED where `stop`, asked before each read, says so.
absl::StatusOr<LabelledLines> ReadLabelledLines(const std::string& path,
                                                StopQuestion stop = nullptr);

// A play cut into its speeches, as such lines: those of the `speakers` who speak most often (of
// equally frequent ones the first by name), in the play's order. A speech is a line "NAME:" that
// begins the text or follows an empty line, and what comes after up to the next empty line, joined
// by spaces. Speeches without words are left out.
std::string SpeechesAsLabelledLines(std::string_view play, int speakers);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TEXT_LABELLED_LINES_H_
