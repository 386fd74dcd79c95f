// Rows of other models: sizes far from the flagship's, and growth of one size alone.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tensor/check.h"
#include "tools/peers/rows.h"

namespace hairpin {
namespace {

constexpr int kVocabulary = 8192;

struct Size {
  int layers, hidden, sequence, batch;
};
constexpr Size kSizes[] = {
    {2, 128, 128, 16}, {6, 256, 128, 8}, {4, 512, 64, 4}, {12, 768, 128, 2}, {1, 64, 32, 64}};

// Heads of 64 or less and an intermediate of four times hidden, as in BERT. Micro-batches only:
// AdamW is another row's.
ModelTask TaskOf(const Size& size, const ModelTask& flagship) {
  ModelTask task = flagship;
  task.config.set_layers(size.layers);
  task.config.set_hidden(size.hidden);
  task.config.set_heads(size.hidden / 64);
  task.config.set_intermediate(4 * size.hidden);
  task.config.set_seq_len(size.sequence);
  task.config.set_vocab_size(kVocabulary);
  task.batch = size.batch;
  task.optimizer = false;
  return task;
}

constexpr int kFactors[] = {1, 2, 4, 8};

// One size of the model, which is kFactors times `smallest`.
struct Growth {
  const char* name;
  int smallest;
  void (*set)(int size, ModelTask* task);
};
constexpr Growth kGrowths[] = {
    {"sequence", 32, [](int size, ModelTask* task) { task->config.set_seq_len(size); }},
    {"batch", 4, [](int size, ModelTask* task) { task->batch = size; }},
    {"hidden", 96,
     [](int size, ModelTask* task) {
       task->config.set_hidden(size);
       task->config.set_heads(size / 48);
       task->config.set_intermediate(4 * size);
     }},
    {"layers", 1, [](int size, ModelTask* task) { task->config.set_layers(size); }},
    {"vocabulary", 2048, [](int size, ModelTask* task) { task->config.set_vocab_size(size); }}};

}  // namespace

absl::Status RowMaker::AddSize(const std::string& name, Comparison* comparison) {
  const auto size = std::find_if(std::begin(kSizes), std::end(kSizes), [&](const Size& one) {
    return name == absl::StrCat("sizes_", one.layers, "x", one.hidden);
  });
  HAIRPIN_CHECK(size != std::end(kSizes)) << "no row " << name;
  const auto measured = Model(name, TaskOf(*size, options_.task));
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {name,
                       absl::StrCat(size->layers, size->layers == 1 ? " layer" : " layers", " of ",
                                    size->hidden, ", micro-batch ", size->batch, " x ",
                                    size->sequence),
                       Quantity::kSeconds};
  for (const Measured& one : **measured) {
    row.entries.push_back(one.ToEntry(one.Values("micro_batch")));
  }
  KeepBestOfEach(&row);
  for (const Entry& entry : row.entries) {
    if (entry.program == "PyTorch") size_ratios_.push_back(*Ratio(row, entry));
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// Of each repetition: how many times the time, over how many times the FLOPs of products,
// both beside the smallest. All sizes are measured in turns.
absl::Status RowMaker::AddGrowth(const std::string& name, Comparison* comparison) {
  const auto growth = std::find_if(std::begin(kGrowths), std::end(kGrowths), [&](const auto& one) {
    return name == absl::StrCat("growth_", one.name);
  });
  HAIRPIN_CHECK(growth != std::end(kGrowths)) << "no row " << name;
  ComparisonRow row = {
      name,
      absl::StrCat("time over FLOPs, ", growth->name, " beside ", growth->smallest),
      Quantity::kTimes};
  std::vector<ModelTask> tasks;
  std::vector<std::string> jsons;
  for (const int factor : kFactors) {
    tasks.push_back(options_.task);
    tasks.back().optimizer = false;
    growth->set(growth->smallest * factor, &tasks.back());
    jsons.push_back(TaskJson(tasks.back()));
  }
  const auto measured = bench_.RunInTurns(name, {Hairpin(peers_)}, jsons, {"micro_batch"});
  if (!measured.ok()) return measured.status();
  const std::vector<double> first = measured->front().front().Values("micro_batch");
  const double first_flops = ProductFlops(tasks[0], /*selects_rows=*/true);
  for (size_t size = 1; size < tasks.size(); ++size) {
    std::vector<double> times = (*measured)[size].front().Values("micro_batch");
    const double flops = ProductFlops(tasks[size], /*selects_rows=*/true);
    for (size_t i = 0; i < times.size(); ++i) times[i] /= first[i] * flops / first_flops;
    row.entries.push_back({"Hairpin",
                           absl::StrFormat("%d, FLOPs x %.2f", growth->smallest * kFactors[size],
                                           flops / first_flops),
                           std::move(times)});
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

}  // namespace hairpin
