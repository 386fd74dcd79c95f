#include "tools/peers/rows.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/peers/targets.h"

namespace hairpin {
namespace {

constexpr const char* kGroups[] = {"sizes", "growth", "memory", "zoo", "figures"};

// The least of a process's two peaks over the most, and how large a part of the processes may be
// below: medians can do without one or two.
constexpr double kSteady = 0.9, kMayChange = 0.1;

constexpr int kFlagshipVocabulary = 8192;

// Another model is measured for its own sake.
bool IsFlagship(const ModelTask& task) {
  MiniBertConfig flagship = MiniPreset();
  flagship.set_vocab_size(kFlagshipVocabulary);
  const auto sizes = [](const MiniBertConfig& config) {
    return std::array{config.layers(),       config.hidden(),  config.heads(),
                      config.intermediate(), config.seq_len(), config.vocab_size()};
  };
  return sizes(task.config) == sizes(flagship) && task.batch == ModelTask().batch &&
         task.accumulation == ModelTask().accumulation;
}

}  // namespace

const std::vector<std::string>& RowNames() {
  static const auto* const names = [] {
    auto* const all = new std::vector<std::string>{
        "one_thread",      "micro_batch",  "step",          "all_logits",
        "checkpointing",   "peak_share",   "second_core",   "sizes_2x128",
        "sizes_6x256",     "sizes_4x512",  "sizes_12x768",  "sizes_1x64",
        "growth_sequence", "growth_batch", "growth_hidden", "growth_layers",
        "growth_vocabulary", "memory",     "memory_checkpointing", "tokenizing",
        "vocabulary",      "start"};
    for (const char* const group : {"zoo_", "figures_"}) {
      for (const ZooModel& model : ZooModels()) all->push_back(group + model.name);
    }
    return all;
  }();
  return *names;
}

std::vector<std::string> RowGroups() { return {std::begin(kGroups), std::end(kGroups)}; }

std::vector<std::string> RowsOf(const std::string& name) {
  const bool group = std::find(std::begin(kGroups), std::end(kGroups), name) != std::end(kGroups);
  std::vector<std::string> rows;
  for (const std::string& row : RowNames()) {
    if (row == name || (group && row.starts_with(name + "_"))) rows.push_back(row);
  }
  return rows;
}

std::string MissingFlags(const std::string& name, const RowOptions& options) {
  if (name == "tokenizing" || name == "vocabulary" || name == "start") {
    return options.texts.empty() ? "--data" : "";
  }
  for (const ZooModel& model : ZooModels()) {
    if (name != "zoo_" + model.name && name != "figures_" + model.name) continue;
    if (model.data == ZooData::kText && options.text.empty()) return "--text";
    if (model.data == ZooData::kLines && options.lines.empty()) return "--lines";
    if (model.data == ZooData::kParagraphs && options.texts.empty()) return "--data";
    if (model.data == ZooData::kDigits && options.images.empty()) return "--images and --labels";
  }
  return "";
}

bool OnlyWhereNamed(const std::string& name) { return name.starts_with("figures_"); }

std::string CountThreads(int threads) {
  return absl::StrCat(threads, threads == 1 ? " thread" : " threads");
}

absl::Status RowMaker::Add(const std::string& name, Comparison* comparison) {
  absl::Status status = Measure(name, comparison);
  for (std::string& note : bench_.TakeNotes()) comparison->notes.push_back(std::move(note));
  return status;
}

void RowMaker::CountPeaks(const Measured& hairpin) {
  const std::vector<double> most = hairpin.Values("peak_flops");
  const std::vector<double> least = hairpin.Values("least_peak_flops");
  for (size_t i = 0; i < most.size(); ++i) {
    ++peaks_;
    if (least[i] < kSteady * most[i]) ++changed_peaks_;
  }
}

void RowMaker::Finish(Comparison* comparison) {
  if (changed_peaks_ > kMayChange * peaks_) {
    comparison->warnings.push_back(absl::StrCat(
        "what the machine can do changed by more than 10 % within ", changed_peaks_, " of ", peaks_,
        " processes of Hairpin's: something else runs, do not quote these ratios"));
  }
  std::vector<ComparisonRow>& rows = comparison->rows;
  const auto add = [&](const std::string& group, const char* name, const char* what,
                       const std::vector<double>& ratios) {
    if (ratios.size() < 2) return;
    const auto last = std::find_if(rows.rbegin(), rows.rend(), [&](const ComparisonRow& row) {
      return row.name.starts_with(group);
    });
    rows.insert(last.base(), {name,
                              what,
                              Quantity::kTimes,
                              {{.program = "PyTorch over Hairpin", .values = ratios}}});
  };
  add("sizes", "sizes", "the ratios of these sizes", size_ratios_);
  add("zoo", "zoo", "the ratios of the zoo's steps", zoo_ratios_);
  add("zoo", "zoo memory", "the ratios of the zoo's memory", zoo_memory_ratios_);
  const bool flagship = IsFlagship(options_.task);
  for (ComparisonRow& row : rows) row.targets = TargetsOf(row.name, flagship);
}

}  // namespace hairpin
