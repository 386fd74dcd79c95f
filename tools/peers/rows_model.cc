// Rows of one model: times, share of the peak, what more threads bring.
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tools/peers/median.h"
#include "tools/peers/rows.h"

namespace hairpin {
namespace {

// What steps.py answers.
const AnswerKeys& Keys() {
  static const auto* const keys = new AnswerKeys{"micro_batch", "step"};
  return *keys;
}

// The way of `program` whose micro-batch is the fastest; null where there is none.
const Measured* Fastest(const std::vector<Measured>& all, const std::string& program) {
  const Measured* fastest = nullptr;
  for (const Measured& measured : all) {
    if (measured.contender.program != program) continue;
    if (fastest == nullptr || Median(measured.Values("micro_batch")) <
                                  Median(fastest->Values("micro_batch"))) {
      fastest = &measured;
    }
  }
  return fastest;
}

}  // namespace

absl::Status RowMaker::Measure(const std::string& name, Comparison* comparison) {
  if (name == "peak_share") return AddPeakShare(comparison);
  if (name == "second_core") return AddSecondCore(comparison);
  if (name.starts_with("sizes_")) return AddSize(name, comparison);
  if (name.starts_with("growth_")) return AddGrowth(name, comparison);
  if (name.starts_with("memory")) return AddMemory(name, comparison);
  if (name == "tokenizing") return AddTokenizing(comparison);
  if (name == "vocabulary") return AddVocabulary(comparison);
  if (name == "start") return AddStart(comparison);
  const auto zoo = [&](const char* group) {
    return name.starts_with(group) ? FindZooModel(name.substr(std::strlen(group))) : nullptr;
  };
  if (const ZooModel* const model = zoo("zoo_")) return AddZoo(*model, comparison);
  if (const ZooModel* const model = zoo("figures_")) return AddFigure(*model, comparison);
  return AddTimes(name, comparison);
}

ModelTask RowMaker::WithThreads(int threads) const {
  ModelTask task = options_.task;
  task.threads = threads;
  return task;
}

absl::StatusOr<const std::vector<Measured>*> RowMaker::Model(const std::string& what,
                                                             const ModelTask& task) {
  const std::string json = TaskJson(task);
  if (measured_.count(json) == 0) {
    const ModelTask one = WithThreads(1), all = WithThreads(options_.task.threads);
    const bool divided = json == TaskJson(one) || json == TaskJson(all);
    const bool both = options_.second_core && divided && one.threads != all.threads;
    const absl::Status status =
        MeasureModels(what, both ? std::vector<ModelTask>{one, all} : std::vector{task});
    if (!status.ok()) return status;
  }
  return &measured_.at(json);
}

absl::Status RowMaker::MeasureModels(const std::string& what,
                                     const std::vector<ModelTask>& tasks) {
  std::vector<std::string> jsons;
  for (const ModelTask& task : tasks) jsons.push_back(TaskJson(task));
  auto measured =
      bench_.RunInTurns(what, ModelContenders(peers_, tasks[0], options_.compile), jsons, Keys());
  if (!measured.ok()) return measured.status();
  for (size_t i = 0; i < jsons.size(); ++i) {
    CountPeaks((*measured)[i].front());
    measured_[jsons[i]] = std::move((*measured)[i]);
  }
  return absl::OkStatus();
}

absl::Status RowMaker::AddTimes(const std::string& name, Comparison* comparison) {
  ModelTask task = WithThreads(name == "one_thread" ? 1 : options_.task.threads);
  const std::string size = absl::StrCat(task.batch, " x ", task.config.seq_len());
  const char* key = "micro_batch";
  std::string what = absl::StrCat("micro-batch ", size);
  if (name == "step") {
    what = absl::StrCat("step of ", task.batch * task.accumulation, ", clipping, AdamW");
    key = "step";
  } else if (name == "all_logits") {
    what += ", all logits";
    task.all_logits = true;
  } else if (name == "checkpointing") {
    what += ", layers checkpointed";
    task.checkpointing = true;
  } else {
    what += ", masked head";
    HAIRPIN_CHECK(name == "one_thread" || name == "micro_batch") << "no row " << name;
  }
  const auto measured = Model(name, task);
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {name, absl::StrCat(what, ", ", CountThreads(task.threads)),
                       Quantity::kSeconds};
  for (const Measured& one : **measured) row.entries.push_back(one.ToEntry(one.Values(key)));
  KeepBestOfEach(&row);
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// Of each repetition: FLOPs of the matrix products over time and peak, the peak being what
// the same repetition's process of Hairpin measured. PyTorch is told from its own FLOPs: it
// computes the last layer for all rows.
absl::Status RowMaker::AddPeakShare(Comparison* comparison) {
  const ModelTask task = WithThreads(1);
  const auto measured = Model("peak_share", task);
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {"peak_share", "a micro-batch's products over the peak, 1 thread",
                       Quantity::kShare};
  const std::vector<double> peaks = (*measured)->front().Values("peak_flops");
  for (const char* program : {"Hairpin", "PyTorch"}) {
    const Measured* const fastest = Fastest(**measured, program);
    if (fastest == nullptr) continue;
    const double flops = ProductFlops(task, /*selects_rows=*/fastest == &(*measured)->front());
    std::vector<double> shares = fastest->Values("micro_batch");
    for (size_t i = 0; i < shares.size(); ++i) shares[i] = flops / shares[i] / peaks[i];
    row.entries.push_back(fastest->ToEntry(std::move(shares)));
    row.entries.back().resident_bytes.clear();
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// Of each repetition: (time on one thread / time on all) / (peak of all / peak of one).
absl::Status RowMaker::AddSecondCore(Comparison* comparison) {
  const int threads = options_.task.threads;
  if (threads == 1) {
    comparison->notes.push_back("second_core: left out, it takes two threads");
    return absl::OkStatus();
  }
  const auto one = Model("second_core", WithThreads(1));
  if (!one.ok()) return one.status();
  const auto all = Model("second_core", WithThreads(threads));
  if (!all.ok()) return all.status();
  ComparisonRow row = {"second_core",
                       absl::StrCat("speed-up of ", CountThreads(threads),
                                    " over that of the peak"),
                       Quantity::kTimes};
  const std::vector<double> peak_of_one = (*one)->front().Values("peak_flops");
  const std::vector<double> peak_of_all = (*all)->front().Values("peak_flops");
  for (const char* program : {"Hairpin", "PyTorch"}) {
    const Measured *slow = Fastest(**one, program), *fast = Fastest(**all, program);
    if (slow == nullptr || fast == nullptr) continue;
    std::vector<double> gains = slow->Values("micro_batch");
    const std::vector<double> times = fast->Values("micro_batch");
    for (size_t i = 0; i < gains.size(); ++i) {
      gains[i] = gains[i] / times[i] / (peak_of_all[i] / peak_of_one[i]);
    }
    row.entries.push_back({program, "", std::move(gains)});
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

}  // namespace hairpin
