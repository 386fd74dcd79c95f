#include "tools/training/trace.h"

#include <algorithm>
#include <memory>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tensor/file.h"
#include "tensor/storage.h"

namespace hairpin {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMicroseconds = 1e6;
constexpr double kMib = 1 << 20;

Json Naming(const char* what, const char* name) {
  return {{"name", what}, {"ph", "M"}, {"pid", 1}, {"tid", 1}, {"args", {{"name", name}}}};
}

Json Complete(const Profile::Event& event, const Profile::Row& row, double start) {
  Json args = Json::object();
  if (row.kind != Profile::Kind::kSpan) {
    args["layer"] = row.scope;
    args["node"] = event.node;
    if (row.kind == Profile::Kind::kBackward) args["stage"] = event.stage;
    if (event.flops > 0) {
      args["MFLOP"] = event.flops / 1e6;
      // A backward of several stages counts its FLOPs in the first: no rate.
      if (row.kind != Profile::Kind::kBackward) {
        args["GFLOP/s"] = event.flops / 1e9 / event.seconds;
      }
    }
  }
  return {{"name", row.scope.empty() ? row.name : row.scope + " " + row.name},
          {"cat", Name(row.kind)},
          {"ph", "X"},
          {"ts", (event.begin - start) * kMicroseconds},
          {"dur", event.seconds * kMicroseconds},
          {"pid", 1},
          {"tid", 1},
          {"args", args}};
}

Json Memory(const Profile::Event& event, double start) {
  Json args = Json::object();
  for (const Purpose purpose : kAllPurposes) {
    args[Name(purpose)] = static_cast<double>(event.live[static_cast<int>(purpose)]) / kMib;
  }
  return {{"name", "memory (MB)"},
          {"ph", "C"},
          {"ts", (event.begin + event.seconds - start) * kMicroseconds},
          {"pid", 1},
          {"args", args}};
}

}  // namespace

absl::Status WriteTrace(const Profile& profile, const std::string& path) {
  absl::StatusOr<std::unique_ptr<AtomicFileWriter>> writer =
      AtomicFileWriter::Create(path, AtomicFileWriter::Temporary::kFree);
  if (!writer.ok()) return writer.status();
  double start = 0;
  if (!profile.events().empty()) {
    start = std::min_element(profile.events().begin(), profile.events().end(),
                             [](const Profile::Event& a, const Profile::Event& b) {
                               return a.begin < b.begin;
                             })
                ->begin;
  }
  absl::Status status = (*writer)->Write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
  const auto write = [&](const Json& json, const char* before) {
    if (status.ok()) status = (*writer)->Write(before + json.dump());
  };
  write(Naming("process_name", "Hairpin"), "");
  write(Naming("thread_name", "training"), ",\n");
  for (const Profile::Event& event : profile.events()) {
    write(Complete(event, profile.rows()[event.row], start), ",\n");
    write(Memory(event, start), ",\n");
  }
  if (status.ok()) status = (*writer)->Write("\n]}\n");
  return status.ok() ? (*writer)->Commit() : status;
}

}  // namespace hairpin
