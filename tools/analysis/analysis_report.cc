#include "tools/analysis/analysis_report.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/analysis/text_table.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/progress.h"

namespace hairpin {
namespace {

constexpr double kMb = 1 << 20;

std::string Mb(double bytes) { return absl::StrFormat("%.2f", bytes / kMb); }
std::string Mflop(double flops) { return absl::StrFormat("%.1f", flops / 1e6); }
std::string Duration(double seconds) {
  char text[64];
  FormatDuration(seconds, text, sizeof(text));
  return text;
}
std::string Threads(int threads) {
  return absl::StrCat(threads, threads == 1 ? " thread" : " threads");
}

// "query linear" of the layer encoder.0.attention.
std::string Label(const LayerRow& layer, const OperationRow& operation) {
  if (operation.scope.size() <= layer.path.size()) return "  " + operation.name;
  return absl::StrCat("  ", operation.scope.substr(layer.path.size() + 1), " ", operation.name);
}

std::string Layers(const AnalysisReport& report) {
  const bool again = report.step.micro_batch.replays > 0;
  const ReplayTimes* const times =
      again && report.measured != nullptr ? &report.measured->replays : nullptr;
  std::vector<std::string> header = {"one micro-batch", ">parameters", "output", ">forward",
                                     ">backward",       ">kept"};
  std::vector<std::string> units = {"", "", "", "MFLOP", "MFLOP", "MB"};
  if (again) {
    header.insert(header.end(), {">again", ">again"});
    units.insert(units.end(), {"runs", "MFLOP"});
  }
  if (times != nullptr) {
    header.push_back(">again");
    units.push_back("ms");
  }
  TextTable table(std::move(header));
  table.Add(std::move(units));
  const auto add = [&](const std::string& name, const std::string& shape, const StepCosts& costs,
                       double seconds) {
    std::vector<std::string> row = {name,
                                    costs.parameters == 0 ? "" : WithCommas(costs.parameters),
                                    shape,
                                    Mflop(static_cast<double>(costs.forward_flops)),
                                    Mflop(static_cast<double>(costs.backward_flops)),
                                    Mb(static_cast<double>(costs.kept_bytes))};
    if (again) {
      row.push_back(WithCommas(costs.replays));
      row.push_back(Mflop(static_cast<double>(costs.replay_flops)));
    }
    if (times != nullptr) row.push_back(absl::StrFormat("%.2f", 1e3 * seconds));
    table.Add(std::move(row));
  };
  const auto seconds = [&](const OperationRow& operation) {
    return times == nullptr ? 0 : times->seconds(operation.node);
  };
  double all_seconds = 0;
  for (const LayerRow& layer : report.step.layers) {
    double of_layer = 0;
    for (const OperationRow& operation : layer.operations) of_layer += seconds(operation);
    all_seconds += of_layer;
    add(layer.path, "", layer, of_layer);
    for (const OperationRow& operation : layer.operations) {
      add(Label(layer, operation), operation.output.shape.ToString(), operation,
          seconds(operation));
    }
  }
  table.Add({"ids, rows, labels", "", "", "", "",
             Mb(static_cast<double>(report.step.input_bytes))});
  StepCosts all = report.step.micro_batch;
  all.kept_bytes += report.step.input_bytes;
  add("together", "", all, all_seconds);
  return absl::StrCat(
      table.Text(), "a step: ", report.step.micro_batches, " x ",
      Mflop(static_cast<double>(report.step.micro_batch_flops())), " = ",
      absl::StrFormat("%.3f", report.step.step_flops() / 1e9),
      " GFLOP (a multiply-add is two; clipping and the optimizer are not counted)\n\n");
}

std::string Memory(const AnalysisReport& report) {
  const auto budget = DesignBudget(report.settings);
  const bool known = budget[0] > 0;
  std::vector<std::string> header = {"memory of a step at its peak", ">predicted bytes", ">MB"};
  if (report.measured != nullptr) header.push_back(">measured bytes");
  if (known) header.push_back(">design, MB");
  TextTable table(header);
  const auto add = [&](const char* name, int64_t predicted, int64_t measured, double designed) {
    std::vector<std::string> row = {name, WithCommas(predicted),
                                    Mb(static_cast<double>(predicted))};
    if (report.measured != nullptr) row.push_back(WithCommas(measured));
    if (known && designed > 0) row.push_back(absl::StrFormat("%.1f", designed));
    table.Add(row);
  };
  const Account& predicted = report.step.predicted;
  const Account none;
  const Account& measured = report.measured != nullptr ? report.measured->bytes : none;
  for (const Purpose purpose : kAllPurposes) {
    add(Name(purpose), predicted.peak(purpose), measured.peak(purpose),
        budget[static_cast<int>(purpose)]);
  }
  double designed = 0;
  for (const double mb : budget) designed += mb;
  add("total", predicted.peak_total(), measured.peak_total(), designed);
  return table.Text() + "MB are 2^20 bytes; purposes need not be at their peaks at one time\n\n";
}

std::string Resident(const AnalysisReport& report) {
  const ResidentMemory& resident = report.measured->resident;
  const auto expected = static_cast<double>(ExpectedResident(report));
  const auto peak = static_cast<double>(resident.peak);
  const auto tensors = static_cast<double>(report.step.predicted.peak_total());
  const auto held = static_cast<double>(report.step.held_bytes);
  return absl::StrFormat(
      "resident memory at its peak: %s MB measured, %+.1f %% from the %s MB expected:\n"
      "%s of tensors + %s of free blocks between them + %s of batches + %s of program and\n"
      "libraries (a constant)\n\n",
      Mb(peak), 100 * (peak / expected - 1), Mb(expected), Mb(tensors), Mb(held - tensors),
      Mb(static_cast<double>(resident.batches)), Mb(static_cast<double>(kResidentConstant)));
}

std::string Times(const AnalysisReport& report) {
  const StepMeasurement& measured = *report.measured;
  const double steps = measured.steps, peak = report.machine.float32_flops;
  TextTable table({"time of a step", "phase", ">runs", ">ms", ">%", ">GFLOP/s", ">% of peak"});
  const auto share = [&](double seconds) {
    return absl::StrFormat("%.1f", 100 * seconds / measured.seconds);
  };
  const auto ms = [&](double seconds) { return absl::StrFormat("%.2f", 1e3 * seconds / steps); };
  const auto add = [&](const std::string& name, const char* phase, int64_t runs, double seconds,
                       double flops) {
    std::vector<std::string> row = {name, phase, runs == 0 ? "" : absl::StrCat(runs),
                                    ms(seconds), share(seconds)};
    if (flops > 0 && seconds > 0) {
      row.push_back(absl::StrFormat("%.1f", flops / seconds / 1e9));
      row.push_back(absl::StrFormat("%.1f", 100 * flops / seconds / peak));
    }
    table.Add(row);
  };
  double flops = 0;
  for (const OperationTime& o : ByOperation(measured.rows)) {
    add(o.name, Name(o.kind), o.runs / measured.steps, o.seconds, o.flops);
    flops += o.flops;
  }
  add("operations together", "", 0, measured.operation_seconds(), flops);
  for (const OperationTime& span : OutsideOperations(measured)) {
    add(span.name, "", 0, span.seconds, 0);
  }
  add("a step", "", 0, measured.seconds, flops);
  return absl::StrFormat(
      "%smeans of %d steps; peak: %.1f GFLOP/s of multiply-adds, measured with %s\n\n",
      table.Text(), measured.steps, peak / 1e9, Threads(report.machine.threads));
}

}  // namespace

std::string SettingsText(const TrainMlmSettings& s) {
  const auto count = [](int64_t number, const char* what) {
    return absl::StrCat(number, " ", what, number == 1 ? "" : "s");
  };
  return absl::StrCat(
      "Mini-BERT of ", count(s.layers(), "layer"), ", ", count(s.hidden(), "channel"), ", ",
      count(s.heads(), "head"), ", ", s.intermediate(), " of feed-forward, ", s.seq_len(),
      " tokens, vocabulary ", s.vocab_size(), "\na step is ",
      s.accumulation(), s.accumulation() == 1 ? " micro-batch of " : " micro-batches of ",
      count(s.micro_batch(), "sequence"), "; ", Threads(s.threads()), "\npacking ", s.packing(),
      ", ", 100 * s.mask_probability(), " % masked, dropout ", s.dropout(), ", checkpointing ",
      s.checkpointing(), "\n\n");
}

int64_t ExpectedResident(const AnalysisReport& report) {
  return report.step.held_bytes + report.measured->resident.batches +
         kResidentConstant;
}

std::array<double, kNumPurposes> DesignBudget(const TrainMlmSettings& s) {
  const MiniBertConfig mini = MiniPreset();
  if (s.layers() != mini.layers() || s.hidden() != mini.hidden() || s.heads() != mini.heads() ||
      s.intermediate() != mini.intermediate() || s.seq_len() != mini.seq_len() ||
      s.vocab_size() != 8192 || s.micro_batch() != 8 || s.mask_probability() != 0.15 ||
      s.dropout() != 0 || s.checkpointing() != "none") {
    return {};
  }
  const double parameters = 4.0 * static_cast<double>(CountParameters(ConfigOf(s, 8192))) / kMb;
  return {parameters, parameters, 2 * parameters, 22.4, 0};
}

double LeastSeconds(const AnalysisReport& report, double steps) {
  return steps * report.step.step_flops() / report.machine.float32_flops;
}

absl::Status CheckBytes(const Account& predicted, const Account& measured) {
  std::string differences;
  const auto compare = [&](const char* name, int64_t expected, int64_t found) {
    if (found == expected) return;
    absl::StrAppend(&differences, differences.empty() ? "" : "; ", name, ": found ", found,
                    " bytes, expected ", expected);
  };
  for (const Purpose purpose : kAllPurposes) {
    compare(Name(purpose), predicted.peak(purpose), measured.peak(purpose));
  }
  compare("total", predicted.peak_total(), measured.peak_total());
  if (differences.empty()) return absl::OkStatus();
  return absl::DataLossError("memory is not what was predicted: " + differences);
}

std::string ReportText(const AnalysisReport& report) {
  std::string text =
      SettingsText(report.settings) + Layers(report) + ReplaysText(report) + Memory(report);
  if (report.measured != nullptr) text += Resident(report) + Times(report);
  absl::StrAppend(
      &text, "100,000 steps, estimated from the FLOPs: ",
      Duration(LeastSeconds(report, kEstimatedSteps)),
      absl::StrFormat(" if all ran at the %.1f GFLOP/s of multiply-adds that this machine was "
                      "measured to reach with %s; a real training takes longer\n",
                      report.machine.float32_flops / 1e9, Threads(report.machine.threads)));
  if (report.measured != nullptr) {
    absl::StrAppend(&text, "100,000 steps, at the pace of those measured: ",
                    Duration(kEstimatedSteps * report.measured->seconds / report.measured->steps),
                    "\n");
  }
  return text;
}

}  // namespace hairpin
