#include "tools/peers/contenders.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// What is not there or breaks; and how to get it, in lines that can be pasted.
void SayWhatIsMissing(const nlohmann::json& broken, Peers* peers) {
  std::vector<std::string> packages;
  bool torch = false;
  const auto say = [&](const std::string& version, const char* name, const char* package) {
    if (!version.empty()) return;
    const std::string reason = Version(broken, package);
    peers->missing.push_back(absl::StrCat(
        "without ", name, ": ",
        reason.empty() ? absl::StrCat("not installed in ", peers->python)
                       : absl::StrCat(peers->python, " cannot import it: ", reason)));
    if (package == std::string("torch")) {
      torch = true;
    } else {
      packages.push_back(package);
    }
  };
  say(peers->torch, "PyTorch", "torch");
  say(peers->numpy, "NumPy", "numpy");
  say(peers->tokenizers, "tokenizers", "tokenizers");
  if (peers->missing.empty()) return;
  peers->hints = {"a Python that has what is missing, for --python=peers/bin/python:",
                  "  python3 -m venv peers"};
  if (torch) {
    peers->hints.push_back(
        "  peers/bin/pip install torch  # its build for CPUs (version ending in +cpu): the default "
        "one carries CUDA and takes more memory");
  }
  if (!packages.empty()) {
    peers->hints.push_back(
        absl::StrCat("  peers/bin/pip install ", absl::StrJoin(packages, " ")));
  }
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
  SayWhatIsMissing(versions.value("broken", nlohmann::json::object()), peers);
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
    if (absl::IsCancelled(asked)) return asked;
    if (!python.empty()) {
      return absl::Status(asked.code(), absl::StrCat("--python: ", std::string(asked.message()),
                                                     ", expected Python 3"));
    }
    peers.missing = {absl::StrCat("without all others: ", kDefaultPython, " does not start")};
    peers.hints = {"--python=PATH names another Python"};
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
