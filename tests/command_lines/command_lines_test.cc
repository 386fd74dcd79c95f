// Random command lines for every program: each ends with exit code 0 or 1 within 20 seconds, by no
// signal, and without a CHECK's or a sanitizer's report. Where it fails, its last line, and no
// other, is "program: message", and nothing is left: unless a run began, which then resumes.
//
//   command_lines_test TRAIN_MLM, and the other fifteen programs of BUILD.bazel [N [SEED]]
//   bazel test --test_arg=10000 --test_timeout=36000 //tests/command_lines:command_lines_test
//
// What flags there are, and words that they may take, the programs' own --help says. Numbers are
// small in most lines. One in four of a program with a model's sizes draws these from their whole
// range: lines whose work and memory are predicted to be small, or so large that they must be
// refused (extreme_lines.h).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tensor/check.h"
#include "tests/command_lines/extreme_lines.h"
#include "tests/command_lines/input_files.h"
#include "tests/command_lines/outcome_rules.h"
#include "tests/command_lines/program_flags.h"
#include "tests/programs/child_process.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

constexpr double kMostSeconds = 20;

class CommandLines {
 public:
  CommandLines(std::vector<std::string> paths, std::string folder, uint32_t seed)
      : folder_(std::move(folder)), random_(seed) {
    MakeInputFiles(folder_);
    for (const std::string& path : paths) programs_.push_back(DescribeProgram(path, Log()));
    static const std::map<std::string, std::string> kRuns = {
        {"train_mlm", "run"}, {"train_gpt", "gpt"}, {"train_classifier", "classes"},
        {"train_embedding", "vectors"}};
    for (const Program& program : programs_) {
      const auto run = kRuns.find(program.name);
      if (run == kRuns.end()) continue;
      const Outcome made = RunChild({.command = Line(program, /*flags=*/0, run->second),
                                     .log = Log(),
                                     .folder = folder_});
      HAIRPIN_CHECK(made.code == 0) << made.log;
    }
  }

  void Run(int lines) {
    for (Program& program : programs_) {  // nothing is learnt by heart in one step
      if (!program.trains) continue;
      std::vector<std::string> line = Line(program, /*flags=*/0, "new/late");
      for (const char* flag : {"--overfit_one_batch", "--schedule=constant", "--warmup_steps=0",
                               "--accumulation=1", "--clip_norm=1e-9"}) {
        line.push_back(flag);
      }
      const int late = late_;
      Try(program, line);
      HAIRPIN_CHECK(late_ == late + 1) << program.path;
      fs::remove_all(folder_ + "/new");
    }
    for (int i = 0; i < lines; ++i) {
      Program& program = programs_[random_() % programs_.size()];
      const std::string out_dir = "new/" + std::to_string(i);
      if (program.has_sizes && random_() % 4 == 0) {
        TryExtreme(program, out_dir);
      } else {
        Try(program, Line(program, 1 + static_cast<int>(random_() % 4), out_dir));
      }
      fs::remove_all(folder_ + "/new");
    }
    for (const Program& program : programs_) {
      std::printf("%s: %d command lines, %d of them refused\n", program.name.c_str(),
                  program.lines, program.refused);
    }
    std::printf(
        "extreme sizes: %d small (at most %.1f GFLOP, predicted, and %.1f s), %d out of bounds and "
        "refused, %d too large and refused, %d of them for their memory\n",
        extreme_[ExtremeLine::kSmall], most_flops_ / 1e9, slowest_,
        extreme_[ExtremeLine::kOutOfBounds], extreme_[ExtremeLine::kTooLarge], for_memory_);
    std::printf("refused when their run had begun: %d\n", late_);
  }

 private:
  std::string Log() const { return folder_ + ".log"; }

  template <class T>
  const T& OneOf(const std::vector<T>& all) {
    return all[random_() % all.size()];
  }

  std::string Value(const Flag& flag) {
    static const std::vector<std::string> kNumbers = {"0", "1", "2", "4", "8", "16"};
    static const std::vector<std::string> kFractions = {"0.5", "1e-30", "0.999", "1e-8", "1.0"};
    static const std::vector<std::string> kRefused = {
        "-1", "9223372036854775808", "99999999999999999999999", "1e400", "nan", "-inf", "0x10",
        "1.5.2", " 3", "3 ", "\xd9\xa3", "1,000", "--3", "NULL", "true1"};
    static const std::vector<std::string> kTexts = {
        "", " ", "text.txt", "empty.txt", "odd.txt", "folder", "none.txt", "text.txt,text.txt",
        "text.txt,", ",", "run", "run/vocab.txt", "run/tokens/train", "run/run.textproto",
        "run/checkpoints/step-000001", "new/file", "\xe6\xbc\xa2\xe5\xad\x97 \xc3\xbc", "%s%n%d",
        "a\nb", "-", "/dev/full", "/proc/none/none", "text.txt/below", "encoder.0",
        "the [MASK] sat", "budget:12MB", "budget:-1%", "budget:1e999GB", "all_policies",
        "\xff\xfe"};
    const uint32_t kind = random_() % 12;
    if (kind < 7 && !flag.words.empty()) {  // of its default's kind
      const std::string& usual = flag.words.back();
      if (usual == "true" || usual == "false") return random_() % 2 == 0 ? "true" : "false";
      const bool number = usual.find_first_not_of("0123456789.e-") == std::string::npos;
      if (!number && !Sized(flag.name)) return OneOf(flag.words);
      return number && usual.find_first_of(".e") != std::string::npos ? OneOf(kFractions)
                                                                      : OneOf(kNumbers);
    }
    if (kind < 8) return OneOf(kFractions);
    if (kind < 9) return OneOf(kRefused);
    if (kind < 10) return random_() % 20 == 0 ? std::string(100'000, 'a') : OneOf(kTexts);
    return flag.words.empty() || Sized(flag.name) ? OneOf(kTexts) : OneOf(flag.words);
  }

  // Whether a number in its help would be real work.
  static bool Sized(const std::string& name) {
    for (const char* sized : {"steps", "layers", "hidden", "intermediate", "seq_len", "micro_batch",
                              "accumulation", "vocab_size", "preset", "rows", "data", "latent",
                              "embedding", "length"}) {
      if (name == sized) return true;
    }
    return false;
  }

  std::vector<std::string> Line(const Program& program, int flags, const std::string& out_dir) {
    std::vector<std::string> line = {program.path};
    for (const auto& [name, value] : program.base) line.push_back("--" + name + "=" + value);
    if (program.trains) line.push_back("--out_dir=" + out_dir);
    for (int i = 0; i < flags; ++i) {
      const Flag& flag = OneOf(program.flags);
      switch (random_() % 24) {
        case 0:
          line.push_back("--" + flag.name);
          break;
        case 1:
          line.push_back("--no" + flag.name);
          break;
        case 2:
          line.push_back("--" + flag.name);
          line.push_back(Value(flag));
          break;
        case 3:
          line.push_back(OneOf(std::vector<std::string>{"--", "--=5", "-", "--unknown=3", "=", "",
                                                        "-" + flag.name + "=1", "--help"}));
          break;
        default:
          line.push_back("--" + flag.name + "=" + Value(flag));
      }
    }
    if (program.takes_arguments) {
      for (uint32_t n = random_() % 3; n > 0; --n) {
        static const std::vector<std::string> kArguments = {"run/checkpoints/step-000001",
                                                            "the [MASK] sat by [MASK]"};
        line.push_back(random_() % 4 != 0 ? OneOf(kArguments) : Value({"", {}}));
      }
    }
    return line;
  }

  Outcome Start(const std::vector<std::string>& line) const {
    return RunChild({.command = line,
                     .log = Log(),
                     .seconds = kMostSeconds,
                     .folder = folder_,
                     .environment = {{"BUILD_WORKING_DIRECTORY", folder_}}});
  }

  void TryExtreme(Program& program, const std::string& out_dir) {
    const ExtremeLine extreme = DrawExtremeLine(program, random_);
    std::vector<std::string> line = Line(program, /*flags=*/0, out_dir);
    line.insert(line.end(), extreme.flags.begin(), extreme.flags.end());
    const Outcome outcome = Try(program, line);
    const std::string wrong = WrongAnswer(extreme, outcome);
    if (!wrong.empty()) Fail(wrong, line, outcome);
    ++extreme_[extreme.kind];
    if (extreme.kind == ExtremeLine::kSmall) {
      most_flops_ = std::max(most_flops_, extreme.cost.flops);
      slowest_ = std::max(slowest_, outcome.seconds);
    }
    if (extreme.kind == ExtremeLine::kTooLarge) for_memory_ += RefusedForMemory(outcome);
  }

  Outcome Try(Program& program, const std::vector<std::string>& line) {
    const std::string& name = program.name;
    const Tree before = TreeOf(folder_);
    const Outcome outcome = Start(line);
    ++program.lines;
    program.refused += outcome.code == 1;
    std::string wrong = WrongEnd(name, outcome), run;
    if (outcome.code == 1) wrong += WrongTrace(before, TreeOf(folder_), &run);
    if (!wrong.empty()) Fail(wrong, line, outcome);
    if (run.empty()) return outcome;
    const std::vector<std::string> resume = {program.path, "--resume", "--out_dir=" + run};
    const Outcome resumed = Start(resume);
    ++late_;
    wrong = WrongEnd(name, resumed);
    if (!wrong.empty()) Fail(wrong, resume, resumed);
    return outcome;
  }

  [[noreturn]] static void Fail(const std::string& wrong, const std::vector<std::string>& line,
                                const Outcome& outcome) {
    std::printf("FAILED: %s: code %d, signal %d\n", wrong.c_str(), outcome.code, outcome.signal);
    for (const std::string& word : line) std::printf("  '%s'\n", word.substr(0, 200).c_str());
    std::printf("%s\n", outcome.log.substr(0, 3000).c_str());
    std::exit(1);
  }

  const std::string folder_;
  std::mt19937 random_;
  std::vector<Program> programs_;
  int late_ = 0;  // refused when their run had begun
  int extreme_[3] = {}, for_memory_ = 0;  // lines with extreme sizes, by their kind
  double most_flops_ = 0, slowest_ = 0;   // of the small ones
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  constexpr int kPrograms = 16;
  HAIRPIN_CHECK(argc > kPrograms) << "usage: command_lines_test SIXTEEN PROGRAMS [LINES [SEED]]";
  namespace fs = std::filesystem;
  std::vector<std::string> programs;
  for (int i = 1; i <= kPrograms; ++i) programs.push_back(fs::absolute(argv[i]).string());
  const char* const tests = std::getenv("TEST_TMPDIR");
  const fs::path parent = tests != nullptr ? fs::path(tests) : fs::temp_directory_path();
  const fs::path outer = parent / ("command_lines." + std::to_string(std::random_device()()));
  fs::create_directories(outer / "work");
  const int lines = argc > kPrograms + 1 ? std::atoi(argv[kPrograms + 1]) : 60;
  const char* const seed = argc > kPrograms + 2 ? argv[kPrograms + 2] : "1";
  hairpin::CommandLines(programs, (outer / "work").string(),
                        static_cast<uint32_t>(std::atoll(seed)))
      .Run(lines);
  fs::remove_all(outer);
  return 0;
}
