// Bench: runs contenders on tasks, in turn, as often as asked for.
//
//   absl::StatusOr<Bench> bench = Bench::Create(/*repetitions=*/5, &progress);
//   absl::StatusOr<std::vector<Measured>> measured =
//       bench->Run("step", contenders, TaskJson(task), {"micro_batch", "step"});
//   (*measured)[0].Values("step");     // Hairpin's five
//   bench->TakeNotes();                // {"left out: step, PyTorch, compiled: found exit code 1"}
//
// In turn: first each contender once, then each once more, so that a machine that is slower
// for a while is so for all of them. A peer that fails is left out and told in the notes, as the
// others' hours must not be lost with it.
#ifndef HAIRPIN_TOOLS_PEERS_BENCH_H_
#define HAIRPIN_TOOLS_PEERS_BENCH_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/peers/comparison.h"
#include "tools/peers/contenders.h"
#include "tools/training/progress.h"

namespace hairpin {

// One contender's answers to one task, one of each repetition.
struct Measured {
  Contender contender;
  std::vector<nlohmann::json> answers = {};
  std::vector<double> resident_bytes = {};
  bool failed = false;  // and is asked no more

  // One number of each answer; CHECKs that they have it.
  std::vector<double> Values(const char* key) const;
  // With the contender's name and memory.
  Entry ToEntry(std::vector<double> values) const;
};

// What an answer must have.
using AnswerKeys = std::vector<const char*>;

// An error's first line and its last: how a program ended, and the last word of its traceback.
std::string InOneLine(const std::string& message);

class Bench {
 public:
  // With a folder of its own below the system's for temporary files, which goes with it.
  static absl::StatusOr<Bench> Create(int repetitions, Progress* progress);
  Bench(Bench&& other) noexcept;
  ~Bench();

  int repetitions() const { return repetitions_; }
  Progress& progress() { return *progress_; }
  // A path in the folder.
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // The first contender is Hairpin. An error, as of RunOnce, where it fails or a signal came; peers
  // that fail are not in the result. `what` is for the progress and for notes.
  absl::StatusOr<std::vector<Measured>> Run(const std::string& what,
                                            const std::vector<Contender>& contenders,
                                            const std::string& task, const AnswerKeys& keys);
  // The same for several tasks, each a result: every repetition takes them one after the other, so
  // that they may be divided by one another.
  absl::StatusOr<std::vector<std::vector<Measured>>> RunInTurns(
      const std::string& what, const std::vector<Contender>& contenders,
      const std::vector<std::string>& tasks, const AnswerKeys& keys);
  // One repetition, from 1 on, of one contender on the task that stands in the file `task_path`.
  // Errors as of RunProcess, and where the answer is no JSON object with numbers, or lists of some,
  // for all `keys`.
  absl::Status RunOnce(const std::string& what, int repetition, const std::string& task_path,
                       const AnswerKeys& keys, Measured* measured);
  // The same of a peer, unless it has failed before: where it fails it is marked, and a note made.
  // An error only where a signal came.
  absl::Status RunPeer(const std::string& what, int repetition, const std::string& task_path,
                       const AnswerKeys& keys, Measured* measured);
  // What is to be told of the table since the last call.
  std::vector<std::string> TakeNotes() { return std::exchange(notes_, {}); }
  // Says which repetition it is.
  void Tell(const std::string& what, int repetition, const Contender& contender);

 private:
  Bench(int repetitions, Progress* progress, std::string folder)
      : repetitions_(repetitions), progress_(progress), folder_(std::move(folder)) {}

  int repetitions_;
  Progress* progress_;
  std::string folder_;  // empty when moved from
  std::vector<std::string> notes_ = {};
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_BENCH_H_
