// All steps of Trainer, and the trace of some of them.
#include <malloc.h>

#include <memory>
#include <utility>

#include "tools/training/trainer.h"
#include "tools/training/trace.h"

namespace hairpin {

void Trainer::Trace(int64_t step, bool last) {
  if (!settings_.has_trace()) return;
  const int64_t done = step - first_step_;
  if (profile_ != nullptr && (last || done > settings_.trace_steps())) {
    const std::unique_ptr<Profile> profile = std::move(profile_);
    // For looking at: what was learnt is not lost for it.
    if (absl::Status s = WriteTrace(*profile, settings_.trace()); !s.ok()) {
      progress_.Line("warning: --trace: %s", std::string(s.message()).c_str());
      return;
    }
    progress_.Line("trace of steps %lld to %lld: %s", static_cast<long long>(first_step_ + 2),
                   static_cast<long long>(step), settings_.trace().c_str());
  } else if (done == 1 && last) {
    progress_.Line("no trace: it begins at the second step, and there was one only");
  } else if (done == 1) {
    // The first step makes memory that later ones find.
    profile_ = std::make_unique<Profile>(Profile::Options{.events = true});
  }
}

absl::Status Trainer::Train() {
  malloc_trim(0);
  while (step_ < settings_.steps()) {
    const int64_t number = step_ + 1;
    const absl::Status status = Step();
    Trace(number, /*last=*/!status.ok() || step_ >= settings_.steps());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace hairpin
