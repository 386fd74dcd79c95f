// What a command writes must not be what it reads.
//
//   absl::Status status = CheckOutputs({{"--trace", settings.trace()}},
//                                      {{"--data", "novels.txt"}, {"--vocab", "vocab.txt"}});
#ifndef HAIRPIN_TOOLS_TRAINING_OUTPUT_PATHS_H_
#define HAIRPIN_TOOLS_TRAINING_OUTPUT_PATHS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace hairpin {

struct NamedPath {
  std::string flag;  // as messages name it: "--data"
  std::string path;  // the user's (UserPath); "" and "-" are no files
};

// INVALID_ARGUMENT, naming both flags, where an output is an input, lies in one or holds one, or is
// another output: by device and inode where files are there (links are seen), else by path. Of an
// input that is a run's folder, of `run`, the folder of the command itself, and of any other run
// that an output would lie in, the parts count: run.textproto, vocab.txt, checkpoints/ and so on;
// beside them an output may lie.
absl::Status CheckOutputs(const std::vector<NamedPath>& outputs,
                          const std::vector<NamedPath>& inputs, const NamedPath& run = {});

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_OUTPUT_PATHS_H_
