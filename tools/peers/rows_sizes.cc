// Rows of other models: sizes far from the flagship's, and growth of one size alone.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/peers/rows.h"

namespace hairpin {
namespace {

constexpr int kHeadWidth = 64;
constexpr int kVocabulary = 8192;

struct Size {
  int layers, hidden, sequence, batch;
};
constexpr Size kSizes[] = {
    {2, 128, 128, 16}, {6, 256, 128, 8}, {4, 512, 64, 4}, {12, 768, 128, 2}, {1, 64, 32, 64}};

// Intermediate is four times hidden, as in BERT. Micro-batches only: AdamW is another row's.
ModelTask TaskOf(const Size& size, int head_width, const ModelTask& flagship) {
  ModelTask task = flagship;
  task.config.set_layers(size.layers);
  task.config.set_hidden(size.hidden);
  task.config.set_heads(std::max(1, size.hidden / head_width));
  task.config.set_intermediate(4 * size.hidden);
  task.config.set_seq_len(size.sequence);
  task.config.set_vocab_size(kVocabulary);
  task.batch = size.batch;
  task.optimizer = false;
  return task;
}

// What grows by 1, 2, 4 and 8, from where.
struct Growth {
  const char* name;
  int from;
  std::function<void(int, ModelTask*)> set;
};

std::vector<Growth> Growths() {
  return {{"sequence", 32, [](int n, ModelTask* task) { task->config.set_seq_len(n); }},
          {"batch", 4, [](int n, ModelTask* task) { task->batch = n; }},
          {"hidden", 96,
           [](int n, ModelTask* task) {
             task->config.set_hidden(n);
             task->config.set_heads(n / 48);
             task->config.set_intermediate(4 * n);
           }},
          {"layers", 1, [](int n, ModelTask* task) { task->config.set_layers(n); }},
          {"vocabulary", 2048, [](int n, ModelTask* task) { task->config.set_vocab_size(n); }}};
}

}  // namespace

absl::Status RowMaker::AddSizes(Comparison* comparison) {
  ComparisonRow summary = {"sizes", "the ratios of these sizes", Quantity::kTimes,
                           {{.program = "PyTorch over Hairpin"}}};
  for (const Size& size : kSizes) {
    const ModelTask task = TaskOf(size, kHeadWidth, options_.task);
    const std::string what = absl::StrCat(size.layers, size.layers == 1 ? " layer" : " layers",
                                          " of ", size.hidden, ", micro-batch ", size.batch,
                                          " x ", size.sequence);
    const auto measured = Model(absl::StrCat("sizes, ", what), task);
    if (!measured.ok()) return measured.status();
    ComparisonRow row = {"sizes", what, Quantity::kSeconds};
    for (const Measured& one : **measured) {
      row.entries.push_back(one.ToEntry(one.Values("micro_batch")));
    }
    KeepBestOfEach(&row);
    for (const Entry& entry : row.entries) {
      if (entry.program == "PyTorch") summary.entries[0].values.push_back(*Ratio(row, entry));
    }
    comparison->rows.push_back(std::move(row));
  }
  if (!summary.entries[0].values.empty()) comparison->rows.push_back(std::move(summary));
  return absl::OkStatus();
}

// Of each repetition: how many times the time, over how many times the FLOPs of products,
// both beside the smallest.
absl::Status RowMaker::AddGrowth(Comparison* comparison) {
  for (const Growth& growth : Growths()) {
    ComparisonRow row = {"growth", absl::StrCat("growth of time over FLOPs, ", growth.name, " from ",
                                                growth.from),
                         Quantity::kTimes};
    std::vector<double> first;
    double first_flops = 0;
    for (const int factor : {1, 2, 4, 8}) {
      ModelTask task = options_.task;
      task.optimizer = false;
      growth.set(growth.from * factor, &task);
      const auto measured = HairpinAlone(absl::StrCat("growth, ", growth.name), task);
      if (!measured.ok()) return measured.status();
      std::vector<double> times = measured->front().Values("micro_batch");
      const double flops = ProductFlops(task, /*selects_rows=*/true);
      if (factor == 1) {
        first = std::move(times);
        first_flops = flops;
        continue;
      }
      for (size_t i = 0; i < times.size(); ++i) times[i] /= first[i] * flops / first_flops;
      row.entries.push_back({"Hairpin",
                             absl::StrFormat("x %d: FLOPs x %.2f", factor, flops / first_flops),
                             std::move(times)});
    }
    comparison->rows.push_back(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace hairpin
