#include "tests/command_lines/outcome_rules.h"

#include <filesystem>
#include <sstream>

#include "tensor/file.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

std::string WrongMessage(const std::string& program, const std::string& log) {
  if (log.empty()) return " no message";
  if (log.back() != '\n') return " a message without its line's end";
  std::istringstream lines(log);
  std::string last;
  int messages = 0;
  for (std::string line; std::getline(lines, line); last = line) {
    messages += line.starts_with(program + ": ");
  }
  if (!last.starts_with(program + ": ")) return " no message in the last line";
  return messages > 1 ? " several messages" : "";
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

}  // namespace

std::string WrongEnd(const std::string& program, const Outcome& outcome) {
  std::string wrong;
  if (outcome.late) wrong = "too long";
  if (outcome.code != 0 && outcome.code != 1) wrong += " exit code or signal";
  if (outcome.code == 1) wrong += WrongMessage(program, outcome.log);
  for (const char* trace : {"CHECK", "Sanitizer", "runtime error:", "terminate called"}) {
    if (outcome.log.find(trace) != std::string::npos) wrong += std::string(" ") + trace;
  }
  return wrong;
}

Tree TreeOf(const std::string& folder) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    tree[path] = entry.is_directory() ? "folder" : ReadFile(path).value_or("cannot be read");
  }
  return tree;
}

std::string WrongTrace(const Tree& before, const Tree& after, std::string* run) {
  constexpr char kRecord[] = "/run.textproto";
  for (const auto& [path, contents] : after) {
    if (path.ends_with(kRecord) && before.count(path) == 0) {
      *run = path.substr(0, path.size() - sizeof(kRecord) + 1);
    }
  }
  std::string wrong;
  if (!run->empty() && after.count(*run + "/metrics.jsonl") == 0) {
    wrong = " left a run that did not come to its steps: " + *run;
  }
  for (const auto& [path, contents] : after) {
    const auto old = before.find(path);
    if (path.ends_with(".partial")) {
      wrong += " half-written: " + path;
    } else if (old != before.end()) {
      if (old->second != contents) wrong += " changed: " + path;
    } else if (run->empty() || !(IsBelow(path, *run) || IsBelow(*run, path))) {
      wrong += " left: " + path;
    }
  }
  for (const auto& [path, contents] : before) {
    if (after.count(path) == 0) wrong += " removed: " + path;
  }
  return wrong;
}

}  // namespace hairpin
