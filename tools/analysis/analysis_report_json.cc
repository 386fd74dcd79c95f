#include "tools/analysis/analysis_report.h"

namespace hairpin {
namespace {

using Json = nlohmann::ordered_json;

Json Peaks(const Account& account) {
  Json peaks;
  for (const Purpose purpose : kAllPurposes) peaks[Name(purpose)] = account.peak(purpose);
  peaks["total"] = account.peak_total();
  return peaks;
}

Json ShapeOf(const TensorSpec& spec) {
  Json sizes = Json::array();
  for (const int64_t size : spec.shape.sizes()) sizes.push_back(size);
  return sizes;
}

void AddCosts(const StepCosts& costs, Json* to) {
  (*to)["parameters"] = costs.parameters;
  (*to)["forward_flops"] = costs.forward_flops;
  (*to)["backward_flops"] = costs.backward_flops;
  (*to)["forward_bytes"] = costs.forward_bytes;
  (*to)["backward_bytes"] = costs.backward_bytes;
  (*to)["kept_bytes"] = costs.kept_bytes;
  (*to)["dropped_bytes"] = costs.dropped_bytes;
  (*to)["replays"] = costs.replays;
  (*to)["replay_flops"] = costs.replay_flops;
}

Json Layers(const StepAnalysis& step) {
  Json layers = Json::array();
  for (const LayerRow& layer : step.layers) {
    Json entry = {{"path", layer.path}, {"output", ShapeOf(layer.output)}};
    AddCosts(layer, &entry);
    for (const OperationRow& operation : layer.operations) {
      Json row = {{"scope", operation.scope},
                  {"name", operation.name},
                  {"output", ShapeOf(operation.output)}};
      AddCosts(operation, &row);
      entry["operations"].push_back(std::move(row));
    }
    layers.push_back(std::move(entry));
  }
  return layers;
}

Json Measured(const AnalysisReport& report) {
  const StepMeasurement& measured = *report.measured;
  Json json = Peaks(measured.bytes);
  json["resident"] = {{"peak", measured.resident.peak},
                      {"expected", ExpectedResident(report)},
                      {"held", measured.resident.held},
                      {"batches", measured.resident.batches},
                      {"constant", kResidentConstant},
                      {"before", measured.resident.before}};
  json["steps"] = measured.steps;
  json["step_seconds"] = measured.seconds / measured.steps;
  json["operations"] = Json::array();
  for (const OperationTime& o : ByOperation(measured.rows)) {
    Json row = {{"name", o.name},
                {"phase", Name(o.kind)},
                {"runs", o.runs / measured.steps},
                {"seconds", o.seconds / measured.steps},
                {"flops", o.flops / measured.steps}};
    row["flops_per_second"] = o.seconds > 0 ? o.flops / o.seconds : 0;
    row["share_of_peak"] =
        o.seconds > 0 ? o.flops / o.seconds / report.machine.float32_flops : 0;
    json["operations"].push_back(std::move(row));
  }
  json["operation_seconds"] = measured.operation_seconds() / measured.steps;
  for (const OperationTime& span : OutsideOperations(measured)) {
    json["outside_seconds"][span.name] = span.seconds / measured.steps;
  }
  return json;
}

}  // namespace

Json SettingsJson(const TrainMlmSettings& s) {
  return {{"layers", s.layers()},
          {"hidden", s.hidden()},
          {"heads", s.heads()},
          {"intermediate", s.intermediate()},
          {"seq_len", s.seq_len()},
          {"vocab_size", s.vocab_size()},
          {"packing", s.packing()},
          {"micro_batch", s.micro_batch()},
          {"accumulation", s.accumulation()},
          {"mask_probability", s.mask_probability()},
          {"dropout", s.dropout()},
          {"checkpointing", s.checkpointing()},
          {"threads", s.threads()}};
}

Json ReportJson(const AnalysisReport& report) {
  const TrainMlmSettings& s = report.settings;
  const StepAnalysis& step = report.step;
  Json json;
  json["settings"] = SettingsJson(s);
  json["parameters"] = step.micro_batch.parameters;
  json["flops"] = {{"forward", step.micro_batch.forward_flops},
                   {"backward", step.micro_batch.backward_flops},
                   {"replay", step.micro_batch.replay_flops},
                   {"micro_batch", step.micro_batch_flops()},
                   {"micro_batches", step.micro_batches},
                   {"step", step.micro_batch_flops() * step.micro_batches}};
  json["predicted"] = Peaks(step.predicted);
  if (report.measured != nullptr) json["measured"] = Measured(report);
  if (const auto budget = DesignBudget(s); budget[0] > 0) {
    for (const Purpose purpose : kAllPurposes) {
      json["design_mb"][Name(purpose)] = budget[static_cast<int>(purpose)];
    }
  }
  json["held_bytes"] = step.held_bytes;
  json["kept_bytes"] = step.micro_batch.kept_bytes;
  json["input_bytes"] = step.input_bytes;
  json["machine"] = {{"threads", report.machine.threads},
                     {"float32_flops", report.machine.float32_flops}};
  json["estimate"] = {{"of", "FLOPs over the machine's measured peak"},
                      {"steps", kEstimatedSteps},
                      {"seconds", LeastSeconds(report, kEstimatedSteps)}};
  json["checkpointing"] = ReplaysJson(report);
  json["layers"] = Layers(step);
  return json;
}

}  // namespace hairpin
