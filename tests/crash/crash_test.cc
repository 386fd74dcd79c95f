// Kills a small training again and again, at random instants and random system calls, or asks it to
// stop (SIGINT, SIGTERM), and resumes it until it ends: parameters, moments and every line of
// metrics.jsonl but timings are those of a training that nobody disturbed, and no half-written file
// is left.
//
//   crash_test TRAIN_MLM INSPECT_CHECKPOINT KILL_AT_CALL [KILLS [SEED]]
//   bazel test --test_output=all --test_arg=1000 --test_timeout=3600 //tests/crash:crash_test
//
// Prints where the kills struck. Exit code 1 at the first difference.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tensor/file.h"
#include "tests/programs/child_process.h"

namespace hairpin {
namespace {

namespace fs = std::filesystem;

constexpr int kSteps = 200;
constexpr double kMostSecondsToStop = 2;

[[noreturn]] void Fail(const std::string& why) {
  std::printf("FAILED: %s\n", why.c_str());
  std::exit(1);
}

struct Programs {
  std::string train_mlm, inspect_checkpoint, kill_at_call;
};

// What must be the same for all.
struct Result {
  std::string digest, metrics;
  bool operator==(const Result&) const = default;
};

std::string WriteText(const std::string& folder) {
  const char* const words[] = {"the", "old", "man", "sat", "by",  "fire", "and",  "read",
                               "his", "book", "a",  "dog", "ran", "over", "hill", "while"};
  const std::string path = folder + "/text.txt";
  std::ofstream file(path);
  for (int line = 1; line <= 3000; ++line) {
    for (int word = 1; word <= 8; ++word) {
      file << words[(line * word + line / 7) % 16];
      if (word % 4 == 0) file << line % 97;  // some words more for the vocabulary
      file << ' ';
    }
    file << '\n';
  }
  return path;
}

class CrashTest {
 public:
  CrashTest(Programs programs, std::string folder, uint32_t seed)
      : programs_(std::move(programs)), folder_(std::move(folder)), random_(seed) {
    text_ = WriteText(folder_);
    const Outcome whole = RunChild({.command = Start("whole"), .log = folder_ + "/log"});
    if (whole.code != 0) Fail("the undisturbed training: " + whole.log);
    seconds_ = whole.seconds;
    expected_ = ResultOf("whole");
  }

  void Run(int kills) {
    while (killed_ < kills) {
      ++trainings_;
      Disturb("run");
      if (ResultOf("run") != expected_) {
        Fail(folder_ + ": run is another training than whole");
      }
      for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/run")) {
        if (entry.path().extension() == ".partial" || entry.path().extension() == ".damaged") {
          Fail("left behind: " + entry.path().string());
        }
      }
      fs::remove_all(folder_ + "/run");
    }
    std::printf("%d kills of %d trainings, %d asked to stop (in %.2f s at most), 0 differences\n",
                killed_, trainings_, stopped_, slowest_stop_);
    for (const auto& [place, times] : places_) std::printf("  %5d %s\n", times, place.c_str());
  }

 private:
  std::vector<std::string> Start(const std::string& run) const {
    return {programs_.train_mlm, "--data=" + text_, "--steps=" + std::to_string(kSteps),
            "--layers=1", "--hidden=8", "--heads=2", "--intermediate=16", "--seq_len=8",
            "--vocab_size=256", "--micro_batch=2", "--accumulation=2", "--dropout=0.1",
            "--threads=1", "--log_every=2", "--eval_every=20", "--checkpoint_every=5",
            "--out_dir=" + folder_ + "/" + run};
  }

  // Starts the training, or goes on with it, as often as it takes; most times it is killed.
  void Disturb(const std::string& run) {
    const std::string path = folder_ + "/" + run;
    while (true) {
      Child child = {.command = Start(run), .log = folder_ + "/log"};
      if (fs::exists(path + "/run.textproto")) {
        child.command = {programs_.train_mlm, "--resume", "--out_dir=" + path};
      }
      const uint32_t kind = random_() % 5;
      if (kind < 3) {
        std::uniform_real_distribution<double> instant(0, 0.8 * seconds_);
        child.seconds = instant(random_);
        child.signal = kind == 0 ? (random_() % 2 == 0 ? SIGINT : SIGTERM) : SIGKILL;
        child.grace = kMostSecondsToStop;
      } else {
        child.environment = {{"LD_PRELOAD", programs_.kill_at_call},
                             {"HAIRPIN_KILL_AT_CALL", std::to_string(SomeCall())}};
      }
      const Outcome outcome = RunChild(child);
      if (outcome.code == 0) return;
      if (outcome.late && child.signal != SIGKILL) Fail("it didn't stop: " + outcome.log);
      if (outcome.code == 128 + child.signal) {
        if (outcome.log.find("--resume --out_dir=" + path + " goes on") == std::string::npos) {
          Fail("stopped without saying how to go on: " + outcome.log);
        }
        ++stopped_;
        slowest_stop_ = std::max(slowest_stop_, outcome.after_signal);
        continue;
      }
      // A signal before the program catches it, and ours.
      if (outcome.signal != child.signal) Fail("a resumed training: " + outcome.log);
      ++killed_;
      ++places_[PlaceOf(outcome, path)];
    }
  }

  // Often one of the first, which make run.textproto, the vocabulary and the caches.
  uint32_t SomeCall() { return random_() % (random_() % 3 == 0 ? 40 : 300) + 1; }

  // Where a kill struck, by what it left.
  static std::string PlaceOf(const Outcome& outcome, const std::string& path) {
    const std::string mark = "killed at: ";
    const size_t at = outcome.log.rfind(mark);
    std::string phase = "in steps and evaluations";
    if (!fs::exists(path + "/run.textproto")) {
      phase = "before the run's settings";
    } else if (!fs::exists(path + "/vocab.txt")) {
      phase = "in the vocabulary";
    } else if (!fs::exists(path + "/tokens/train") || !fs::exists(path + "/tokens/eval")) {
      phase = "in the caches of ids";
    } else {
      for (const auto& entry : fs::directory_iterator(path + "/checkpoints")) {
        if (entry.path().extension() == ".partial") phase = "inside a checkpoint's write";
      }
    }
    if (at == std::string::npos) return phase + ", at an instant";
    std::string call = outcome.log.substr(at + mark.size());
    call.resize(std::min(call.size(), call.find('\n')));
    return phase + ", at a call of " + call;
  }

  Result ResultOf(const std::string& run) const {
    const std::string path = folder_ + "/" + run;
    const std::string last = path + "/checkpoints/step-000" + std::to_string(kSteps);
    const Outcome digest = RunChild({.command = {programs_.inspect_checkpoint, "--digest", last},
                                     .log = folder_ + "/digest"});
    if (digest.code != 0) Fail(digest.log);
    static const std::regex timings(
        ",\"(tokens_per_second|ms_per_micro_batch|rss_mb|seconds)\":[^,}]*");
    const std::string metrics = ReadFile(path + "/metrics.jsonl").value_or("none");
    const std::string sha = digest.log.substr(digest.log.rfind('\n', digest.log.size() - 2) + 1);
    return {sha, std::regex_replace(metrics, timings, "")};
  }

  const Programs programs_;
  const std::string folder_;
  std::mt19937 random_;
  std::string text_;
  double seconds_ = 0;  // of the undisturbed training
  Result expected_;
  int killed_ = 0, trainings_ = 0, stopped_ = 0;
  double slowest_stop_ = 0;
  std::map<std::string, int> places_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "usage: crash_test TRAIN_MLM INSPECT_CHECKPOINT KILL_AT_CALL [KILLS [SEED]]\n");
    return 1;
  }
  namespace fs = std::filesystem;
  const char* const tests = std::getenv("TEST_TMPDIR");
  const fs::path parent = tests != nullptr ? fs::path(tests) : fs::temp_directory_path();
  const std::string name = "crash." + std::to_string(std::random_device()());
  const std::string folder = (parent / name).string();
  fs::create_directories(folder);
  hairpin::CrashTest test({fs::absolute(argv[1]).string(), fs::absolute(argv[2]).string(),
                           fs::absolute(argv[3]).string()},
                          folder,
                          argc > 5 ? static_cast<uint32_t>(std::atoll(argv[5])) : 1);
  test.Run(argc > 4 ? std::atoi(argv[4]) : 8);
  fs::remove_all(folder);
  return 0;
}
