#include "tools/peers/rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace hairpin {
namespace {

constexpr const char* kGroups[] = {"sizes", "growth", "memory", "zoo", "figures"};

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
    if (model.data == ZooData::kDigits && options.images.empty()) return "--images and --labels";
  }
  return "";
}

bool OnlyWhereNamed(const std::string& name) { return name.starts_with("figures_"); }

void RowMaker::Finish(Comparison* comparison) {
  std::vector<ComparisonRow>& rows = comparison->rows;
  const auto add = [&](const std::string& group, const char* what,
                       const std::vector<double>& ratios) {
    if (ratios.size() < 2) return;
    const auto last = std::find_if(rows.rbegin(), rows.rend(), [&](const ComparisonRow& row) {
      return row.name.starts_with(group);
    });
    rows.insert(last.base(), {group,
                              what,
                              Quantity::kTimes,
                              {{.program = "PyTorch over Hairpin", .values = ratios}}});
  };
  add("sizes", "the ratios of these sizes", size_ratios_);
  add("zoo", "the ratios of the zoo's steps", zoo_ratios_);
  add("zoo", "the ratios of the zoo's memory", zoo_memory_ratios_);
}

}  // namespace hairpin
