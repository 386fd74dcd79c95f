// Kills small trainings again and again, at random instants and random system calls, or asks them
// to stop (SIGINT, SIGTERM, SIGHUP), and resumes them until they end: parameters, moments, the
// position that is saved with them, every line of metrics.jsonl but timings and every other file
// of the run are those of a training that nobody disturbed, and no half-written file is left.
// A training begins with one thread, as the undisturbed one has, and goes on with one to four.
//
//   crash_test TOOLS KILL_AT_CALL [KILLS [SEED]]
//   bazel test --test_output=all --test_arg=1000 --test_timeout=3600 //tests/crash:crash_test
//
// TOOLS is the folder of the programs. Every second training is train_mlm's plain one, the others
// take turns in an order of the seed's: a few kills come to a few of them, so that a seed which
// isn't given is another one each time. Prints it, and where the kills struck. Exit code 1 at the
// first difference.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/small_trainings.h"
#include "tests/programs/child_process.h"
#include "tools/training/run_contents.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

constexpr double kMostSecondsToStop = 2;
constexpr int kMostThreads = 4;  // two cores, which every machine for tests has, start so many
constexpr int kStopSignals[] = {SIGINT, SIGTERM, SIGHUP};  // they take turns

[[noreturn]] void Fail(const std::string& why) {
  std::printf("FAILED: %s\n", why.c_str());
  std::exit(1);
}

// A kind of training, and how it ends when nobody disturbs it.
struct Kind {
  SmallTraining training;
  std::map<std::string, std::string> expected;  // of its run folder; empty before it was run
  double seconds = 0;
  int trainings = 0, killed = 0;
};

class CrashTest {
 public:
  // Of programs in the folder `tools`, with `folder` for runs and their data.
  CrashTest(std::string tools, std::string kill_at_call, std::string folder, uint32_t seed)
      : tools_(std::move(tools)), kill_at_call_(std::move(kill_at_call)),
        folder_(std::move(folder)), random_(seed) {
    for (SmallTraining& training : MakeSmallTrainings(folder_)) {
      kinds_.emplace_back().training = std::move(training);
    }
    std::shuffle(kinds_.begin() + 1, kinds_.end(), random_);
  }

  void Run(int kills) {
    int killed = 0;
    size_t turn = 0;  // of the others: it passes when one was killed
    for (int i = 0; killed < kills; ++i) {
      Kind& kind = kinds_[i % 2 == 0 ? 0 : 1 + turn % (kinds_.size() - 1)];
      if (kind.expected.empty()) RunUndisturbed(kind);
      ++kind.trainings;
      const int before = kind.killed;
      Disturb(kind);
      if (i % 2 == 1 && kind.killed > before) ++turn;
      killed += kind.killed - before;
      CheckSame(kind);
      fs::remove_all(run());
    }
    if (killed >= 50 && stopped_ < 3) Fail("not each of the signals stopped a training");
    std::printf("%d kills, %d asked to stop (in %.2f s at most), 0 differences\n", killed, stopped_,
                slowest_stop_);
    for (const Kind& kind : kinds_) {
      std::printf("  %5d of %d trainings by %s\n", kind.killed, kind.trainings,
                  kind.training.name.c_str());
    }
    std::printf("  resumed with");
    for (int threads = 1; threads <= kMostThreads; ++threads) {
      std::printf("%s %d threads: %d", threads > 1 ? "," : "", threads, resumed_[threads - 1]);
    }
    std::printf("\n");
    for (const auto& [place, times] : places_) std::printf("  %5d %s\n", times, place.c_str());
  }

 private:
  // All trainings are in the same folder, whose name is in their run.textproto.
  std::string run() const { return folder_ + "/run"; }
  std::string log() const { return folder_ + "/log"; }

  // All but what a process says of itself: the number of threads, and memory that each of them has.
  std::map<std::string, std::string> Contents() const {
    static const std::regex of_process(
        " *(threads|peak_bytes(_of_none)?): .*\n|name: \"threads\"\n *value: .*\n");
    std::map<std::string, std::string> contents = RunContents(run());
    std::string& record = contents["run.textproto"];
    record = std::regex_replace(record, of_process, "");
    return contents;
  }

  std::vector<std::string> Command(const Kind& kind) {
    std::vector<std::string> command = {tools_ + "/" + kind.training.program};
    if (fs::exists(run() + "/run.textproto")) {
      const uint32_t threads = random_() % kMostThreads + 1;  // no bit depends on it
      ++resumed_[threads - 1];
      command.push_back("--resume");
      command.push_back("--threads=" + std::to_string(threads));
    } else {
      const std::vector<std::string>& flags = kind.training.flags;
      command.insert(command.end(), flags.begin(), flags.end());
    }
    command.push_back("--out_dir=" + run());
    return command;
  }

  void RunUndisturbed(Kind& kind) {
    if (const std::vector<std::string>& flags = kind.training.pretraining; !flags.empty()) {
      std::vector<std::string> command = {tools_ + "/train_mlm"};
      command.insert(command.end(), flags.begin(), flags.end());
      const Outcome before = RunChild({.command = command, .log = log()});
      if (before.code != 0) Fail("before " + kind.training.name + ": " + before.log);
    }
    const Outcome whole = RunChild({.command = Command(kind), .log = log()});
    if (whole.code != 0) Fail(kind.training.name + ", undisturbed: " + whole.log);
    if ((NewestCheckpoint(run()) < kind.training.steps) != kind.training.ends_early) {
      Fail(kind.training.name + ", undisturbed: it ends elsewhere: " + whole.log);
    }
    kind.seconds = whole.seconds;
    kind.expected = Contents();
    fs::remove_all(run());
  }

  void CheckSame(const Kind& kind) const {
    const std::string difference = Difference(kind.expected, Contents());
    if (!difference.empty()) {
      Fail(kind.training.name + ", in " + run() + ", not what it is undisturbed:\n" + difference);
    }
  }

  // Starts the training, or goes on with it, as often as it takes; most times it is killed.
  void Disturb(Kind& kind) {
    while (true) {
      Child child = {.command = Command(kind), .log = log()};
      const uint32_t how = random_() % 5;
      if (how < 3) {
        std::uniform_real_distribution<double> instant(0, 0.8 * kind.seconds);
        child.seconds = instant(random_);
        if (how == 0) child.signal = kStopSignals[stopped_ % 3];  // SIGKILL else
        child.grace = kMostSecondsToStop;
      } else {
        child.environment = {{"LD_PRELOAD", kill_at_call_},
                             {"HAIRPIN_KILL_AT_CALL", std::to_string(SomeCall())}};
      }
      const Outcome outcome = RunChild(child);
      if (outcome.code == 0) return;
      if (outcome.late && child.signal != SIGKILL) Fail("it didn't stop: " + outcome.log);
      if (outcome.code == 128 + child.signal) {
        // Before it holds a folder, there is nothing to go on with.
        if (fs::exists(run() + "/run.textproto") &&
            outcome.log.find("; --resume --out_dir=" + run() + " ") == std::string::npos) {
          Fail("stopped without saying how to go on: " + outcome.log);
        }
        ++stopped_;
        slowest_stop_ = std::max(slowest_stop_, outcome.after_signal);
        continue;
      }
      // A signal before the program catches it, and ours.
      if (outcome.signal != child.signal) {
        Fail(kind.training.name + ", resumed: " + outcome.log);
      }
      ++kind.killed;
      ++places_[PlaceOf(kind.training, outcome)];
    }
  }

  // Often one of the first, which make run.textproto, the vocabulary and the caches.
  uint32_t SomeCall() { return random_() % (random_() % 3 == 0 ? 40 : 300) + 1; }

  // Where a kill struck, by what it left.
  std::string PlaceOf(const SmallTraining& training, const Outcome& outcome) const {
    const std::string mark = "killed at: ";
    const size_t at = outcome.log.rfind(mark);
    const auto there = [&](const char* name) { return fs::exists(run() + name); };
    const bool keeps_ids = training.program == "train_mlm";
    std::string phase = "in steps and evaluations";
    if (!there("/run.textproto")) {
      phase = "before the run's settings";
    } else if (keeps_ids && !there("/vocab.txt")) {
      phase = "in the vocabulary";
    } else if (keeps_ids && (!there("/tokens/train") || !there("/tokens/eval"))) {
      phase = "in the caches of ids";
    } else if (!there("/metrics.jsonl")) {
      phase = "before the first step";
    } else if (NewestCheckpoint(run()) == training.steps) {
      phase = "after the last step";
    } else {
      for (const auto& entry : fs::directory_iterator(run() + "/checkpoints")) {
        if (entry.path().extension() == ".partial") phase = "inside a checkpoint's write";
      }
    }
    if (at == std::string::npos) return phase + ", at an instant";
    std::string call = outcome.log.substr(at + mark.size());
    call.resize(std::min(call.size(), call.find('\n')));
    return phase + ", at a call of " + call;
  }

  const std::string tools_, kill_at_call_, folder_;
  std::mt19937 random_;
  std::vector<Kind> kinds_;
  int stopped_ = 0;
  int resumed_[kMostThreads] = {};  // with one thread, two, ...
  double slowest_stop_ = 0;
  std::map<std::string, int> places_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: crash_test TOOLS KILL_AT_CALL [KILLS [SEED]]\n");
    return 1;
  }
  namespace fs = std::filesystem;
  const char* const tests = std::getenv("TEST_TMPDIR");
  const fs::path parent = tests != nullptr ? fs::path(tests) : fs::temp_directory_path();
  const std::string name = "crash." + std::to_string(std::random_device()());
  const std::string folder = (parent / name).string();
  fs::create_directories(folder);
  const uint32_t seed =
      argc > 4 ? static_cast<uint32_t>(std::atoll(argv[4])) : std::random_device()();
  std::printf("seed %u\n", seed);
  hairpin::CrashTest test(fs::absolute(argv[1]).string(), fs::absolute(argv[2]).string(), folder,
                          seed);
  test.Run(argc > 3 ? std::atoi(argv[3]) : 8);
  fs::remove_all(folder);
  return 0;
}
