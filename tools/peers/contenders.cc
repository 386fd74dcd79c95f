#include "tools/peers/contenders.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tools/peers/process.h"
#include "tools/peers/zoo.h"
#include "tools/training/run_folder.h"

namespace hairpin {
namespace {

constexpr char kDefaultPython[] = "python3";

// A script of the peers', and no compiled copy of what it imports left in its folder.
std::vector<std::string> Script(const Peers& peers, const std::string& name,
                                const std::vector<std::string>& flags = {}) {
  std::vector<std::string> command = {peers.python, "-B", absl::StrCat(peers.scripts, "/", name)};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

std::string Version(const nlohmann::json& versions, const char* package) {
  const auto found = versions.find(package);
  return found == versions.end() || !found->is_string() ? "" : found->get<std::string>();
}

// What is not there, said so that a reader can get it.
void SayWhatIsMissing(Peers* peers) {
  const auto say = [&](const std::string& version, const char* name, const char* package,
                       const char* hint) {
    if (!version.empty()) return;
    peers->missing.push_back(absl::StrCat(name, " is not installed in ", peers->python,
                                          ": pip install ", package, hint,
                                          ", or --python=PATH of one that has it"));
  };
  say(peers->torch, "PyTorch", "torch",
      " (its CPU build: the default one carries CUDA and takes more memory)");
  say(peers->numpy, "NumPy", "numpy", "");
  say(peers->tokenizers, "tokenizers", "tokenizers", "");
}

absl::Status AskForVersions(Peers* peers) {
  const absl::StatusOr<ProcessResult> result = RunProcess(Script(*peers, "versions.py"));
  if (!result.ok()) return result.status();
  const auto versions = nlohmann::json::parse(result->standard_output, nullptr, false);
  if (!versions.is_object() || Version(versions, "python").empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(peers->python, ": found a program that is no Python 3.8 or later"));
  }
  peers->python_version = Version(versions, "python");
  peers->torch = Version(versions, "torch");
  peers->numpy = Version(versions, "numpy");
  peers->tokenizers = Version(versions, "tokenizers");
  SayWhatIsMissing(peers);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Peers> FindPeers(const std::string& python, const std::string& program) {
  Peers peers;
  peers.hairpin = FindRunfile("hairpin/tools/peers/hairpin_peer", program);
  peers.train_mlm = FindRunfile("hairpin/tools/train_mlm", program);
  const std::string script = FindRunfile("hairpin/tools/peers/versions.py", program);
  bool complete = !peers.hairpin.empty() && !peers.train_mlm.empty() && !script.empty();
  for (const ZooModel& model : ZooModels()) {
    std::string path = FindRunfile(absl::StrCat("hairpin/tools/", model.program), program);
    complete = complete && !path.empty();
    peers.trainers[model.program] = std::move(path);
  }
  if (!complete) {
    return absl::NotFoundError("the programs to compare are not beside this one; start it with "
                               "bazel run");
  }
  peers.scripts = script.substr(0, script.rfind('/'));
  peers.python = python.empty() ? kDefaultPython : python;
  if (const absl::Status asked = AskForVersions(&peers); !asked.ok()) {
    if (!python.empty()) {
      return absl::Status(asked.code(), absl::StrCat("--python: ", std::string(asked.message()),
                                                     ", expected Python 3"));
    }
    peers.missing = {absl::StrCat(kDefaultPython, " does not start, so nothing but Hairpin is "
                                  "measured: --python=PATH names another Python")};
    peers.python.clear();
  }
  return peers;
}

Contender Hairpin(const Peers& peers) { return {"Hairpin", "", {peers.hairpin}}; }

std::vector<Contender> ModelContenders(const Peers& peers, const ModelTask& task, bool compile) {
  std::vector<Contender> contenders = {Hairpin(peers)};
  for (const bool compiled : {false, true}) {
    if (peers.torch.empty() || compiled > compile) continue;
    for (const bool mask : {false, true}) {
      std::vector<std::string> flags;
      if (compiled) flags.push_back("--compile");
      if (mask) flags.push_back("--attention_mask");
      const char* const way = compiled ? "compiled" : "eager";
      contenders.push_back({"PyTorch", absl::StrCat(way, mask ? ", with a mask" : ""),
                            Script(peers, "torch_model.py", flags)});
    }
  }
  // Its script has neither rows nor checkpoints.
  if (!peers.numpy.empty() && task.all_logits && !task.checkpointing) {
    contenders.push_back({"NumPy", "", Script(peers, "numpy_model.py")});
  }
  return contenders;
}

std::vector<Contender> TextContenders(const Peers& peers) {
  std::vector<Contender> contenders = {Hairpin(peers)};
  if (!peers.tokenizers.empty()) {
    contenders.push_back({"tokenizers", "", Script(peers, "tokenizers_text.py")});
  }
  return contenders;
}

std::vector<Contender> ZooContenders(const Peers& peers, bool one) {
  std::vector<Contender> contenders;
  if (peers.torch.empty()) return contenders;
  contenders.push_back({"PyTorch", "eager", Script(peers, "torch_zoo.py")});
  if (one) return contenders;
  contenders.push_back({"PyTorch", "eager, fused AdamW",
                        Script(peers, "torch_zoo.py", {"--fused"})});
  return contenders;
}

}  // namespace hairpin
