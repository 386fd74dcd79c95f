// RowMaker: the rows of the comparison, by name.
//
//   RowMaker maker(options, peers, bench);
//   for (const std::string& name : RowNames()) {
//     absl::Status s = maker.Add(name, &comparison);   // where Hairpin failed, or a signal came
//   }
//   maker.Finish(&comparison);
//
// Rows that need the same measurement share it. A peer that fails is missing in its row, and told
// in the notes.
#ifndef HAIRPIN_TOOLS_PEERS_ROWS_H_
#define HAIRPIN_TOOLS_PEERS_ROWS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/peers/bench.h"
#include "tools/peers/comparison.h"
#include "tools/peers/contenders.h"
#include "tools/peers/model_task.h"
#include "tools/peers/zoo.h"

namespace hairpin {

// one_thread, micro_batch, step, all_logits, checkpointing, peak_share, second_core, one of
// each size (sizes_2x128: layers x hidden) and growth (growth_batch), memory,
// memory_checkpointing, tokenizing, vocabulary, start, one of each model of the zoo (zoo_lenet)
// and of what it reaches (figures_lenet): in the order of the table.
const std::vector<std::string>& RowNames();

// "sizes", "growth", "memory", "zoo" and "figures".
std::vector<std::string> RowGroups();
// Those that `name` means: the row itself, or all of a group; none for an unknown name.
std::vector<std::string> RowsOf(const std::string& name);

struct RowOptions {
  ModelTask task = {};  // of the rows about one model; its threads are "all threads"
  bool compile = false;
  std::vector<std::string> texts = {};  // paths
  // Of the zoo: paths, or "" without; a fifth of the steps.
  std::string images = {}, labels = {}, text = {}, lines = {};
  bool quick = false;
  // The row second_core is asked for: what it divides, one thread and all, is measured in turns
  // from the first row on that needs one of them.
  bool second_core = false;
};

// The flags, "--images and --labels", without whose files the row is nothing, and which are not
// given; "" where it can be measured. Memory takes the sample where there is no text.
std::string MissingFlags(const std::string& name, const RowOptions& options);
// Whether the row takes so long that it is measured where it is named alone.
bool OnlyWhereNamed(const std::string& name);

// "1 thread", "2 threads".
std::string CountThreads(int threads);

class RowMaker {
 public:
  RowMaker(const RowOptions& options, const Peers& peers, Bench& bench)
      : options_(options), peers_(peers), bench_(bench) {}

  // Measures and appends the row of that name, and notes. CHECKs a known name.
  absl::Status Add(const std::string& name, Comparison* comparison);

  // After the last row: where several sizes or models were compared, their ratios as rows; what is
  // asked of each row; a warning where the machine was busy.
  void Finish(Comparison* comparison);

 private:
  absl::Status Measure(const std::string& name, Comparison* comparison);
  // Each contender on the task; measured once.
  absl::StatusOr<const std::vector<Measured>*> Model(const std::string& what,
                                                     const ModelTask& task);
  // Measures the tasks in turns, as contenders of the first take them.
  absl::Status MeasureModels(const std::string& what, const std::vector<ModelTask>& tasks);
  // Counts processes of Hairpin's whose peak changed while they ran.
  void CountPeaks(const Measured& hairpin);
  ModelTask WithThreads(int threads) const;

  // rows_model.cc
  absl::Status AddTimes(const std::string& name, Comparison* comparison);
  absl::Status AddPeakShare(Comparison* comparison);
  absl::Status AddSecondCore(Comparison* comparison);
  // rows_sizes.cc
  absl::Status AddSize(const std::string& name, Comparison* comparison);
  absl::Status AddGrowth(const std::string& name, Comparison* comparison);
  // rows_text.cc
  absl::Status AddMemory(const std::string& name, Comparison* comparison);
  absl::Status AddTokenizing(Comparison* comparison);
  absl::Status AddVocabulary(Comparison* comparison);
  absl::Status AddStart(Comparison* comparison);
  std::vector<std::string> TrainingFlags() const;
  // rows_zoo.cc
  absl::Status AddZoo(const ZooModel& model, Comparison* comparison);
  absl::Status AddFigure(const ZooModel& model, Comparison* comparison);
  // Hairpin's program and its peers in turn, `steps` steps each, the program's default for 0.
  absl::StatusOr<std::vector<Measured>> Train(const std::string& what, const ZooModel& model,
                                              int steps, int repetitions,
                                              std::vector<Contender> peers);
  absl::Status TrainOnce(const std::string& what, int repetition, const ZooModel& model,
                         int steps, Measured* measured);

  const RowOptions& options_;
  const Peers& peers_;
  Bench& bench_;
  std::map<std::string, std::vector<Measured>> measured_;  // by the task's JSON
  std::vector<double> size_ratios_, zoo_ratios_, zoo_memory_ratios_;
  int peaks_ = 0, changed_peaks_ = 0;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_ROWS_H_
