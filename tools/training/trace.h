// A profile as a trace file: what Chrome's tracing page (chrome://tracing) and
// Perfetto (ui.perfetto.dev) open.
//
//   Profile profile({.events = true});
//   ... some steps of training under it ...
//   absl::Status status = WriteTrace(profile, "steps.trace.json");
//
// One row of time with spans, and inside them every operation with its layer;
// below it the memory alive, by purpose. Format: "Trace Event Format" (Google),
// complete events ("X") and counters ("C"), times in microseconds.
#ifndef HAIRPIN_TOOLS_TRAINING_TRACE_H_
#define HAIRPIN_TOOLS_TRAINING_TRACE_H_

#include <string>

#include "absl/status/status.h"
#include "autograd/profile.h"

namespace hairpin {

// Whole or not at all. The profile is to have kept its events.
absl::Status WriteTrace(const Profile& profile, const std::string& path);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_TRACE_H_
