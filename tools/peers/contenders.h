// Contenders: the programs that are compared, as command lines that take a task.
//
//   absl::StatusOr<Peers> peers = FindPeers("/path/to/python", argv[0]);
//   for (const Contender& contender : ModelContenders(*peers, task, /*compile=*/false)) {
//     ... contender.command with the task's file at its end ...
//   }
//
// PyTorch does the same work in several ways, each a contender: attention with and without a
// mask, eager and compiled. The fastest counts.
#ifndef HAIRPIN_TOOLS_PEERS_CONTENDERS_H_
#define HAIRPIN_TOOLS_PEERS_CONTENDERS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/peers/model_task.h"

namespace hairpin {

struct Contender {
  std::string program, detail;
  std::vector<std::string> command;
};

struct Peers {
  std::string hairpin;    // the program hairpin_peer
  std::string train_mlm;
  std::map<std::string, std::string> trainers;  // the zoo's programs by name, "train_gpt"
  std::string scripts;    // the folder of the peers' scripts
  std::string python;     // the command; empty where none starts
  // Empty where Python hasn't it.
  std::string python_version, torch, numpy, tokenizers;
  // What is missing and why, a line each; and lines that say how to get it, which shells take.
  std::vector<std::string> missing, hints;
};

// What `python` has installed and can import; of the default, python3, it may be nothing at all.
// `program` is argv[0] of the caller, beside which its runfiles lie. An error where a given
// `python` ("" is not given) does not start or is none.
absl::StatusOr<Peers> FindPeers(const std::string& python, const std::string& program);

// Hairpin's first.
std::vector<Contender> ModelContenders(const Peers& peers, const ModelTask& task, bool compile);
std::vector<Contender> TextContenders(const Peers& peers);
// Without Hairpin's: it is a program of `trainers`. Where only `one` way is asked for, it is the
// one that PyTorch takes unless told to take another.
std::vector<Contender> ZooContenders(const Peers& peers, bool one);
Contender Hairpin(const Peers& peers);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_CONTENDERS_H_
