// The trainings that the kill test disturbs: one or more of every program that trains, none longer
// than a few seconds, with a checkpoint every few steps and all that a resumed run could forget.
#ifndef HAIRPIN_TESTS_CRASH_SMALL_TRAININGS_H_
#define HAIRPIN_TESTS_CRASH_SMALL_TRAININGS_H_

#include <string>
#include <vector>

namespace hairpin {

struct SmallTraining {
  std::string name;     // "train_mlm --early_stopping", for what is said of it
  std::string program;  // "train_mlm"
  std::vector<std::string> flags;  // all but --out_dir
  int steps;               // of its flags
  bool ends_early = false;  // before them
  // Of a run of train_mlm that is to be there before: all its flags.
  std::vector<std::string> pretraining = {};
};

// Writes their data into `folder`. The first one is train_mlm's plain training.
std::vector<SmallTraining> MakeSmallTrainings(const std::string& folder);

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_CRASH_SMALL_TRAININGS_H_
