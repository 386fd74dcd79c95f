#include "tests/command_lines/program_flags.h"

#include <filesystem>
#include <regex>
#include <sstream>

#include "tensor/check.h"
#include "tests/programs/child_process.h"

namespace hairpin {
namespace {

Flag ReadFlag(const std::string& line) {
  std::istringstream words(line);
  Flag flag;
  words >> flag.name;
  for (std::string word; words >> word;) {
    while (!word.empty() && std::string(",;:()").find(word.back()) != std::string::npos) {
      word.pop_back();
    }
    if (word.rfind('(', 0) == 0) word.erase(0, 1);
    if (!word.empty()) flag.words.push_back(word);
  }
  return flag;
}

std::optional<Bounds> ReadBounds(const Program& program, const Flag& flag,
                                 const std::string& log) {
  // A list of sizes, which a line here has one of.
  if (program.name == "train_tabular" && flag.name == "hidden") return Bounds{1, 1 << 20, true};
  const Outcome outcome =
      RunChild({.command = {program.path, "--" + flag.name + "="}, .log = log});
  static const std::regex range("expected a (whole )?number from (\\S+) to (\\S+)\n");
  std::smatch found;
  if (!std::regex_search(outcome.log, found, range)) return std::nullopt;
  return Bounds{std::stod(found[2]), std::stod(found[3]), found[1].matched};
}

}  // namespace

Program DescribeProgram(const std::string& path, const std::string& log) {
  Program program;
  program.path = path;
  program.name = std::filesystem::path(path).filename();
  const std::string& name = program.name;
  const Outcome help = RunChild({.command = {path, "--help"}, .log = log});
  HAIRPIN_CHECK(help.code == 0) << help.log;
  std::istringstream lines(help.log);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  --", 0) == 0) program.flags.push_back(ReadFlag(line.substr(4)));
  }
  HAIRPIN_CHECK(!program.flags.empty()) << path << ": no flags in its --help";
  static const std::map<std::string, std::string> kBase = {
      {"data", "text.txt"}, {"steps", "1"}, {"layers", "1"}, {"hidden", "8"}, {"heads", "2"},
      {"intermediate", "16"}, {"seq_len", "8"}, {"vocab_size", "64"}, {"micro_batch", "2"},
      {"accumulation", "2"}, {"threads", "1"}, {"run", "run"}, {"rows", "none"},
      {"images", "images.idx"}, {"labels", "labels.idx"}, {"latent", "2"}, {"embedding", "8"},
      {"length", "10"}, {"min_words", "3"}};
  // Where another program's value won't do.
  static const std::map<std::pair<std::string, std::string>, std::string> kOwnBase = {
      {{"train_tabular", "data"}, "table.csv"},
      {{"train_tabular", "target"}, "kind"},
      {{"train_tabular", "model"}, "mlp"},
      {{"generate", "run"}, "gpt"},
      {{"train_classifier", "data"}, "labelled.txt"},
      {{"classify", "run"}, "classes"},
      {{"nearest", "run"}, "vectors"}};
  for (const Flag& flag : program.flags) {
    const auto own = kOwnBase.find({name, flag.name});
    if (own != kOwnBase.end()) {
      program.base.emplace_back(flag.name, own->second);
    } else if (const auto it = kBase.find(flag.name); it != kBase.end()) {
      program.base.push_back(*it);
    }
    program.trains |= flag.name == "out_dir";
  }
  program.takes_arguments = name == "fill_mask" || name == "inspect_checkpoint" ||
                            name == "classify" || name == "nearest";
  program.has_sizes = program.trains || name == "draw_graph" || name == "analyze";
  if (program.has_sizes) {
    for (Flag& flag : program.flags) flag.bounds = ReadBounds(program, flag, log);
  }
  return program;
}

}  // namespace hairpin
