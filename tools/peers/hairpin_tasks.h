// What Hairpin does when it is compared: one task a process, as its peers.
//
//   absl::StatusOr<nlohmann::ordered_json> answer = RunTask(nlohmann::json::parse(text));
//
// The task is of "model" (tools/peers/model_task.h), "vocabulary" or "encode"
// (tools/peers/text_task.h), or "machine": what the machine can do with "threads",
// each figure measured for "seconds".
// The answers: "micro_batch" and "step" in seconds, "loss", "peak_flops" of as many
// threads; those of text; "target", "flops" of one thread and of all,
// "read_bytes" and "write_bytes" a second.
#ifndef HAIRPIN_TOOLS_PEERS_HAIRPIN_TASKS_H_
#define HAIRPIN_TOOLS_PEERS_HAIRPIN_TASKS_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace hairpin {

// Sets the number of threads. Of tasks as the project writes them: throws nlohmann's
// exceptions for others.
absl::StatusOr<nlohmann::ordered_json> RunTask(const nlohmann::json& task);

absl::StatusOr<nlohmann::ordered_json> RunModelTask(const nlohmann::json& task);
absl::StatusOr<nlohmann::ordered_json> RunTextTask(const nlohmann::json& task);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_HAIRPIN_TASKS_H_
