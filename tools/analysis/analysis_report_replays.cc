// Of a report, what a policy of checkpointing kept, dropped and ran again, by region
// and by operation.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/analysis_report.h"
#include "tools/analysis/checkpointing_parts.h"
#include "tools/analysis/text_table.h"

namespace hairpin {
namespace {

using Json = nlohmann::ordered_json;
using Parts = google::protobuf::RepeatedPtrField<CheckpointingPart>;

CheckpointingReport PartsOf(const AnalysisReport& report) {
  CheckpointingReport parts;
  AddParts(report.step, report.measured != nullptr ? &report.measured->replays : nullptr, &parts);
  return parts;
}

std::string Table(const char* title, const Parts& parts, bool measured) {
  std::vector<std::string> header = {title, ">kept MB", ">dropped MB", ">runs", ">MFLOP"};
  if (measured) header.push_back(">ms");
  TextTable table(std::move(header));
  for (const CheckpointingPart& part : parts) {
    const auto mb = [](int64_t bytes) {
      return absl::StrFormat("%.2f", static_cast<double>(bytes) / (1 << 20));
    };
    std::vector<std::string> row = {
        part.name(), mb(part.kept_bytes()), mb(part.dropped_bytes()), WithCommas(part.replays()),
        absl::StrFormat("%.1f", static_cast<double>(part.replay_flops()) / 1e6)};
    if (measured) row.push_back(absl::StrFormat("%.2f", part.replay_milliseconds()));
    table.Add(std::move(row));
  }
  return absl::StrCat(table.Text(), "\n");
}

Json List(const Parts& parts, bool measured) {
  Json list = Json::array();
  for (const CheckpointingPart& part : parts) {
    Json json = {{"name", part.name()},
                 {"kept_bytes", part.kept_bytes()},
                 {"dropped_bytes", part.dropped_bytes()},
                 {"replays", part.replays()},
                 {"replay_flops", part.replay_flops()}};
    if (measured) json["replay_milliseconds"] = part.replay_milliseconds();
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

std::string ReplaysText(const AnalysisReport& report) {
  if (report.step.micro_batch.replays == 0) return "";
  const CheckpointingReport parts = PartsOf(report);
  const bool measured = report.measured != nullptr;
  return Table("runs again, by region", parts.regions(), measured) +
         Table("runs again, by operation", parts.operations(), measured);
}

Json ReplaysJson(const AnalysisReport& report) {
  const CheckpointingReport parts = PartsOf(report);
  const bool measured = report.measured != nullptr;
  Json json = {{"regions", List(parts.regions(), measured)},
               {"operations", List(parts.operations(), measured)}};
  if (measured) json["replay_milliseconds"] = parts.replay_milliseconds();
  return json;
}

}  // namespace hairpin
