// Runs Hairpin beside what a user would otherwise take: `bazel run //tools:compare_with_peers`.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tensor/file.h"
#include "tensor/thread_pool.h"
#include "tools/analysis/model_flags.h"
#include "tools/peers/bench.h"
#include "tools/peers/comparison.h"
#include "tools/peers/contenders.h"
#include "tools/peers/machine.h"
#include "tools/peers/rows.h"
#include "tools/peers/zoo.h"
#include "tools/tools.pb.h"
#include "tools/training/flags.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/output_file.h"
#include "tools/training/output_paths.h"
#include "tools/training/progress.h"
#include "tools/training/stop.h"
#include "tools/training/threads.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Measures Hairpin beside PyTorch, NumPy and tokenizers, those that a Python here has, in turn\n"
    "and each in a process of its own, and prints one table. Rows of a text (tokenizing,\n"
    "vocabulary, start, zoo_embedding) need --data, the zoo's other models theirs: --images and\n"
    "--labels, --text, --lines. All rows but figures take about 45 minutes. Examples:\n"
    "  compare_with_peers --python=/path/to/python --rows=micro_batch,step\n"
    "  compare_with_peers --data=novels.txt --markdown=figures.md --svg=figures.svg\n"
    "  compare_with_peers --rows=zoo,figures --images=images.gz --labels=labels.gz "
    "--text=tinyshakespeare.txt --lines=lines.tsv --data=novels.txt\n";
constexpr FlagSpec kFlags[] = {
    {"Comparison", "rows", "[all but figures]",
     "one_thread, micro_batch, step, all_logits, checkpointing, peak_share, second_core, sizes, "
     "growth, memory, tokenizing, vocabulary, start, zoo, figures: those, by commas; of a group "
     "also one: sizes_2x128, _6x256, _4x512, _12x768, _1x64; growth_sequence, _batch, _hidden, "
     "_layers, _vocabulary; memory_checkpointing; zoo_ and figures_linear, _logistic, _mlp, "
     "_lenet, _vit, _vae, _gpt, _lstm, _gru, _classifier, _embedding"},
    {"Comparison", "repetitions", "[5; 1 with --quick]", "processes of each program and row", 1,
     1000},
    {"Comparison", "quick", "false", "once and for a fifth of the time: to see that all runs"},
    {"Comparison", "python", "[python3]", "a Python that has the peers"},
    {"Comparison", "compile", "false",
     "PyTorch through torch.compile as well, a minute each; its fastest way counts"},
    {"Comparison", "images", "[none]", "MNIST's images (IDX, .gz or not), for the zoo's models"},
    {"Comparison", "labels", "[none]", "the images' labels"},
    {"Comparison", "text", "[none]", "a text whose characters the zoo's language models learn"},
    {"Comparison", "lines", "[none]", "lines label<TAB>text, for the zoo's text classifier"},
    {"Comparison", "markdown", "[none]", "file for the table as Markdown"},
    {"Comparison", "svg", "[none]", "file for the ratios as a picture"},
};
constexpr std::string_view kMore[] = {"data", "accumulation", "threads"};
// Of the model's flags, those that say nothing here.
constexpr std::string_view kWithout[] = {"packing", "dropout"};
constexpr int kRepetitions = 5;
// Measuring a peak of the machine, as a share of the time for a model.
constexpr double kPeakShare = 0.2;

std::vector<FlagSpec> Flags() {
  std::vector<FlagSpec> flags = WithModelFlags(kFlags, kMore);
  std::erase_if(flags, [](const FlagSpec& flag) {
    return std::find(std::begin(kWithout), std::end(kWithout), flag.name) != std::end(kWithout);
  });
  for (FlagSpec& flag : flags) {
    if (flag.name == std::string_view("data")) {
      flag.default_text = "[none; of memory the built-in sample]";
    }
  }
  return flags;
}

// In the order of the table, each once.
absl::StatusOr<std::vector<std::string>> ChooseRows(const CompareWithPeersFlags& flags,
                                                    const RowOptions& options) {
  std::set<std::string> given;
  for (const absl::string_view part : absl::StrSplit(flags.rows(), ',')) {
    const std::vector<std::string> rows = RowsOf(std::string(part));
    if (rows.empty() && flags.has_rows()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--rows: found '", part, "', expected of ", absl::StrJoin(RowNames(), ", "),
          ", or a group of those: ", absl::StrJoin(RowGroups(), ", ")));
    }
    given.insert(rows.begin(), rows.end());
  }
  std::vector<std::string> chosen;
  for (const std::string& name : RowNames()) {
    const std::string missing = MissingFlags(name, options);
    if (!missing.empty() && given.count(name) > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--rows: found ", name, ", expected ", missing, " with it"));
    }
    const bool by_default = missing.empty() && !OnlyWhereNamed(name);
    if (flags.has_rows() ? given.count(name) > 0 : by_default) chosen.push_back(name);
  }
  return chosen;
}

absl::Status CheckFile(const char* flag, const std::string& path, const char* expected) {
  const auto file = PositionalReader::Open(path);
  if (file.ok()) return absl::OkStatus();
  return absl::Status(file.status().code(),
                      absl::StrCat("--", flag, ": ", std::string(file.status().message()),
                                   ", expected ", expected));
}

// The files of the zoo's models.
absl::Status AddZooFiles(const CompareWithPeersFlags& flags, RowOptions* options) {
  if (flags.has_images() != flags.has_labels()) {
    const bool images = flags.has_images();
    return absl::InvalidArgumentError(
        absl::StrCat(images ? "--labels" : "--images", ": found none, expected a file with ",
                     images ? "--images" : "--labels"));
  }
  if (flags.has_images()) {
    options->images = UserPath(flags.images());
    options->labels = UserPath(flags.labels());
    absl::Status status = CheckFile("images", options->images, "images in MNIST's format");
    if (status.ok()) status = CheckFile("labels", options->labels, "the images' labels");
    if (!status.ok()) return status;
  }
  if (flags.has_text()) {
    options->text = UserPath(flags.text());
    if (absl::Status s = CheckFile("text", options->text, "a text file"); !s.ok()) return s;
  }
  if (!flags.has_lines()) return absl::OkStatus();
  options->lines = UserPath(flags.lines());
  return CheckFile("lines", options->lines, "a file of lines label<TAB>text");
}

absl::StatusOr<RowOptions> Options(const CompareWithPeersFlags& flags) {
  TrainMlmSettings settings = flags.model();
  if (absl::Status s = ResolveSettings(&settings); !s.ok()) return s;
  RowOptions options = {.compile = flags.compile(), .quick = flags.quick()};
  ModelTask& task = options.task;
  task.config = ConfigOf(settings, settings.vocab_size());
  if (absl::Status s = ValidateConfig(task.config); !s.ok()) return s;
  task.batch = settings.micro_batch();
  task.accumulation = settings.accumulation();
  task.mask_probability = settings.mask_probability();
  task.threads = std::min(settings.threads(), kMostThreadsPerCore * NumCores());
  if (flags.quick()) {
    task.seconds /= 5;
    task.warm_up_seconds /= 5;
  }
  options.texts = SplitPaths(settings.data());
  if (flags.model().has_data() && options.texts.empty()) {
    return absl::InvalidArgumentError("--data: found no text file, expected at least one");
  }
  for (const std::string& path : options.texts) {
    if (absl::Status s = CheckFile("data", path, "a text file"); !s.ok()) return s;
  }
  if (absl::Status s = AddZooFiles(flags, &options); !s.ok()) return s;
  return options;
}

// "python3" is looked for in $PATH; what has a slash is a path.
std::string PythonPath(const std::string& python) {
  return python.find('/') == std::string::npos ? python : UserPath(python);
}

// Rows that fail are told, and the others go on; the first error, or that a signal came.
absl::Status AddRows(const std::vector<std::string>& names, RowMaker* maker, Progress* progress,
                     Comparison* comparison) {
  absl::Status first;
  for (const std::string& name : names) {
    const size_t before = comparison->rows.size();
    const absl::Status status = maker->Add(name, comparison);
    for (size_t i = before; i < comparison->rows.size(); ++i) {
      progress->Line("%s", RowText(comparison->rows[i]).c_str());
    }
    if (absl::IsCancelled(status)) return status;
    if (status.ok()) continue;
    const std::string message(status.message());
    progress->Lines(absl::StrCat("left out: ", message));
    comparison->notes.push_back(absl::StrCat("left out: ", InOneLine(message)));
    first.Update(status);
  }
  return first;
}

std::string Tables(const Comparison& comparison) {
  const std::string zoo = ZooMarkdown(comparison);
  return absl::StrCat(ComparisonMarkdown(comparison), zoo.empty() ? "" : "\n", zoo);
}

// That no result takes the place of a file that is read.
absl::Status CheckResultFiles(const CompareWithPeersFlags& flags, const RowOptions& options) {
  std::vector<NamedPath> inputs = {{"--images", options.images},
                                   {"--labels", options.labels},
                                   {"--text", options.text},
                                   {"--lines", options.lines},
                                   {"--python", PythonPath(flags.python())}};
  for (const std::string& text : options.texts) inputs.push_back({"--data", text});
  return CheckOutputs(
      {{"--markdown", UserPath(flags.markdown())}, {"--svg", UserPath(flags.svg())}}, inputs);
}

absl::Status Compare(const CompareWithPeersFlags& flags, const std::string& program) {
  absl::StatusOr<RowOptions> options = Options(flags);
  if (!options.ok()) return options.status();
  if (absl::Status s = CheckResultFiles(flags, *options); !s.ok()) return s;
  const auto names = ChooseRows(flags, *options);
  if (!names.ok()) return names.status();
  options->second_core = std::find(names->begin(), names->end(), "second_core") != names->end();
  CatchStopSignals();
  const absl::StatusOr<Peers> peers = FindPeers(PythonPath(flags.python()), program);
  if (!peers.ok()) return peers.status();
  OutputFile markdown("markdown"), svg("svg");
  if (absl::Status s = markdown.Open(flags.markdown()); !s.ok()) return s;
  if (absl::Status s = svg.Open(flags.svg()); !s.ok()) return s;
  Progress progress;
  for (const std::string& line : peers->missing) progress.Line("%s", line.c_str());
  for (const std::string& line : peers->hints) progress.Line("%s", line.c_str());
  const int repetitions =
      flags.has_repetitions() ? flags.repetitions() : flags.quick() ? 1 : kRepetitions;
  absl::StatusOr<Bench> bench = Bench::Create(repetitions, &progress);
  if (!bench.ok()) return bench.status();
  // What torch.compile makes is shared by the repetitions, and goes with them.
  setenv("TORCHINDUCTOR_CACHE_DIR", bench->Path("inductor").c_str(), /*overwrite=*/1);
  auto machine = DescribeMachine(*peers, options->task.threads,
                                 kPeakShare * options->task.seconds, *bench);
  if (!machine.ok()) return machine.status();
  Comparison comparison = {.machine = std::move(machine->lines),
                           .warnings = std::move(machine->warnings),
                           .notes = peers->missing};
  comparison.machine.push_back(
      absl::StrCat(repetitions, repetitions == 1 ? " repetition" : " repetitions"));
  RowMaker maker(*options, *peers, *bench);
  const absl::Status status = AddRows(*names, &maker, &progress, &comparison);
  if (comparison.rows.empty() && !status.ok()) return status;
  maker.Finish(&comparison);
  if (absl::IsCancelled(status)) {
    comparison.warnings.push_back("stopped by a signal: rows are missing");
  }
  std::fputs(ComparisonText(comparison).c_str(), stdout);
  if (absl::IsCancelled(status)) return status;  // files stay as they were
  if (absl::Status s = markdown.Write([&] { return Tables(comparison); }); !s.ok()) return s;
  if (absl::Status s = svg.Write([&] { return DrawComparison(comparison); }); !s.ok()) return s;
  return status;
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::CompareWithPeersFlags flags;
  return hairpin::RunProgram(
      "compare_with_peers", hairpin::kUsage, hairpin::Flags(), argc, argv, &flags,
      [&](const std::vector<std::string>& arguments) -> absl::Status {
        if (!arguments.empty()) {
          return absl::InvalidArgumentError(
              absl::StrCat("found the argument '", arguments[0], "', expected only flags"));
        }
        return hairpin::Compare(flags, argv[0]);
      });
}
