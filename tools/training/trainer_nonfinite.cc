// What Trainer does when a loss or gradient is not finite.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/training/trainer.h"

namespace hairpin {
namespace {

constexpr int64_t kMostInARow = 10;

}  // namespace

absl::StatusOr<std::string> Trainer::SaveGoodState(const std::string& advice) {
  const absl::StatusOr<std::vector<std::string>> found = folder_.Checkpoints();
  if (!found.ok()) return found.status();
  const std::vector<std::string>& checkpoints = *found;
  for (const nn::StateEntry& entry : TensorsOf(Trained())) {
    const NotFinite bad = FindNotFinite(entry.tensor);
    if (bad.count == 0) continue;
    return absl::StrCat(entry.kind, " ", entry.name, " ", NotFiniteText(bad, entry.tensor.shape()),
                        ", so this state is not saved; ",
                        checkpoints.empty() ? "there is no checkpoint yet"
                                            : absl::StrCat("the last checkpoint is ",
                                                           checkpoints.front()));
  }
  const std::string path = folder_.checkpoint(step_);
  if (std::find(checkpoints.begin(), checkpoints.end(), path) == checkpoints.end()) {
    if (absl::Status s = SaveCheckpoint(); !s.ok()) return s;
  }
  return absl::StrCat("the state before it is ", path, ", ", advice);
}

absl::Status Trainer::OnNonFinite(const StepGradient& gradient) {
  std::string found = absl::StrCat("step ", step_ + 1, ", ");
  if (gradient.bad.empty()) {
    absl::StrAppend(&found, "found a gradient norm of ", gradient.norm,
                    ", the square of which is infinite in float32");
  } else {
    absl::StrAppend(&found, gradient.bad);
    if (checker_ == nullptr) {
      absl::StrAppend(&found, "; ",
                      ExplainNotFinite(task_, settings_.accumulation(), GradientSettings(),
                                       recording_));
    }
  }
  if (checker_ != nullptr) checker_->Clear();
  buffers_before_.Restore();  // left out or not, nothing of this step stays
  std::string in_a_row;
  std::string advice =
      "from which --resume goes on; --resume --on_nonfinite=skip leaves such steps out";
  if (settings_.on_nonfinite() == "skip") {
    if (++nonfinite_in_a_row_ < kMostInARow) {
      state_.set_nonfinite_steps(state_.nonfinite_steps() + 1);
      progress_.Line("%s; this step is left out", found.c_str());
      return absl::OkStatus();
    }
    in_a_row = absl::StrCat("; it is the step number ", kMostInARow, " in a row");
    advice = absl::StrCat("from which --resume tries ", kMostInARow,
                          " more; if all are like this, what may help is a new run with a "
                          "smaller --lr or --clip_norm, or more --warmup_steps");
  }
  nonfinite_in_a_row_ = 0;
  // As it was when this step began.
  state_ = state_before_;
  const absl::StatusOr<std::string> saved = SaveGoodState(advice);
  if (!saved.ok()) return saved.status();
  return absl::DataLossError(absl::StrCat(
      found, in_a_row, "; expected finite numbers; this step changed no parameters; ", *saved));
}

}  // namespace hairpin
