// The speeches of a play's 20 most frequent speakers, as lines label<TAB>text for a classifier.
//
//   ./bazelw run //data/text:write_speeches -- tinyshakespeare.txt speeches.tsv
#include <cstdio>

#include "data/text/labelled_lines.h"
#include "tensor/file.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: write_speeches PLAY FILE\n");
    return 1;
  }
  const absl::StatusOr<std::string> play = hairpin::ReadFile(argv[1]);
  const absl::Status status =
      play.ok() ? hairpin::WriteFileAtomically(argv[2], hairpin::SpeechesAsLabelledLines(*play, 20))
                : play.status();
  if (!status.ok()) {
    std::fprintf(stderr, "write_speeches: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
