// The zoo's models as they are compared: the command of each, and what came of it.
//
//   const ZooModel& model = *FindZooModel("lenet");
//   ... runs train_digits with model.flags and --out_dir=RUN, to its end ...
//   absl::StatusOr<ZooRun> run = ReadZooRun("RUN");
//   WriteFileAtomically("task.json", run->task.dump());   // torch_zoo.py task.json
//   StepSeconds(run->answer, /*log_every=*/10);           // 0.0059
//
// Hairpin's side is the program that people run. A peer is given the settings that stand in the
// run's record, so that sizes and recipe are the same on both sides.
#ifndef HAIRPIN_TOOLS_PEERS_ZOO_H_
#define HAIRPIN_TOOLS_PEERS_ZOO_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/peers/comparison.h"

namespace hairpin {

enum class ZooData { kOwn, kDigits, kText, kLines, kParagraphs };

struct ZooModel {
  std::string name;   // "lenet"
  std::string title;  // "LeNet"
  std::string program;
  std::vector<std::string> flags;
  ZooData data;
  // Where only the time of a step is measured: of 2 seconds or more, divisible by 100.
  int steps;
  std::string figure;  // what it reaches: "accuracy", or else what its loss is
};

// In the order of the table.
const std::vector<ZooModel>& ZooModels();
// Null where there is none of that name.
const ZooModel* FindZooModel(const std::string& name);

struct ZooRun {
  // "task" ("zoo"), "program", "flags" (settings by name, as text), "data" (paths), and where the
  // run has one "vocabulary" (tokens by their numbers).
  nlohmann::ordered_json task;
  // As a peer's: "seconds" of training after each log line, "parameters", and of the last
  // evaluation "eval_loss" and, where classes are guessed, "eval_accuracy". Beyond that "steps"
  // and "micro_batch".
  nlohmann::json answer;
};

// Of a run's folder. Errors as of RunFolder::ReadRun; DATA_LOSS, naming the file, where there is
// no number of steps or metrics.jsonl is none.
absl::StatusOr<ZooRun> ReadZooRun(const std::string& folder);

// Median over the times between log lines, `log_every` steps each, but for the first fifth of
// them, when caches and memory are still being filled. CHECKs that there are some.
double StepSeconds(const nlohmann::json& answer, int log_every);

// One line a model, of the rows "zoo_NAME", "figures_NAME" and "figures_NAME_time" that there
// are; "" where there is none.
std::string ZooMarkdown(const Comparison& comparison);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_ZOO_H_
