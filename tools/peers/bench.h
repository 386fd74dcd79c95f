// Bench: runs contenders on a task, in turn, as often as asked for.
//
//   absl::StatusOr<Bench> bench = Bench::Create(/*repetitions=*/5, &progress);
//   absl::StatusOr<std::vector<Measured>> measured =
//       bench->Run("step", contenders, TaskJson(task));
//   (*measured)[0].Values("step");     // Hairpin's five
//
// In turn: first each contender once, then each once more, so that a machine that is slower
// for a while is so for all of them.
#ifndef HAIRPIN_TOOLS_PEERS_BENCH_H_
#define HAIRPIN_TOOLS_PEERS_BENCH_H_

#include <string>
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
  std::vector<nlohmann::json> answers;
  std::vector<double> resident_bytes;

  // One number of each answer.
  std::vector<double> Values(const char* key) const;
  // With the contender's name and memory.
  Entry ToEntry(std::vector<double> values) const;
};

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

  // Errors as of RunProcess, and where an answer is no JSON. `what` is for the progress.
  absl::StatusOr<std::vector<Measured>> Run(const std::string& what,
                                            const std::vector<Contender>& contenders,
                                            const std::string& task);
  // One repetition, from 1 on, of one contender on the task that stands in the file `task_path`.
  absl::Status RunOnce(const std::string& what, int repetition, const std::string& task_path,
                       Measured* measured);
  // Says which repetition it is.
  void Tell(const std::string& what, int repetition, const Contender& contender);

 private:
  Bench(int repetitions, Progress* progress, std::string folder)
      : repetitions_(repetitions), progress_(progress), folder_(std::move(folder)) {}

  int repetitions_;
  Progress* progress_;
  std::string folder_;  // empty when moved from
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_BENCH_H_
