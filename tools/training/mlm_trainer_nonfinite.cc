// What MlmTrainer does when a loss or gradient is not finite.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/training/mlm_trainer.h"

namespace hairpin {
namespace {

constexpr int64_t kMostInARow = 10;

}  // namespace

absl::StatusOr<std::string> MlmTrainer::SaveGoodState() {
  const std::vector<std::string> checkpoints = folder_.Checkpoints();
  for (const nn::StateEntry& entry : TensorsOf(Trained())) {
    const NotFinite bad = FindNotFinite(entry.tensor);
    if (bad.count == 0) continue;
    return absl::StrCat(entry.kind, " ", entry.name, " has ", bad.count,
                        " numbers that are not finite, the first ", bad.value, " at ",
                        IndexText(entry.tensor.shape(), bad.first), ", so this state is not saved; ",
                        checkpoints.empty() ? "there is no checkpoint yet"
                                            : absl::StrCat("the last checkpoint is ",
                                                           checkpoints.front()));
  }
  const std::string path = folder_.checkpoint(step_);
  if (std::find(checkpoints.begin(), checkpoints.end(), path) == checkpoints.end()) {
    if (absl::Status s = SaveCheckpoint(); !s.ok()) return s;
  }
  return absl::StrCat("the state before it is ", path,
                      ", from which --resume goes on; --resume --on_nonfinite=skip leaves such "
                      "steps out");
}

absl::Status MlmTrainer::OnNonFinite(const std::string& bad) {
  std::string found = absl::StrCat("step ", step_, ", ", bad);
  if (checker_ == nullptr) {
    absl::StrAppend(&found, "; ",
                    ExplainNotFinite(*model_, batches_, GradientSettings(), recording_));
  } else {
    checker_->Clear();
  }
  state_.set_nonfinite_steps(state_.nonfinite_steps() + 1);
  state_.set_nonfinite_in_a_row(state_.nonfinite_in_a_row() + 1);
  if (settings_.on_nonfinite() == "skip" && state_.nonfinite_in_a_row() < kMostInARow) {
    progress_.Line("%s; this step is left out", found.c_str());
    return absl::OkStatus();
  }
  const std::string in_a_row =
      state_.nonfinite_in_a_row() < kMostInARow
          ? ""
          : absl::StrCat("; it is the step number ", kMostInARow, " in a row");
  // As it was when this step began.
  state_ = state_before_;
  const absl::StatusOr<std::string> saved = SaveGoodState();
  if (!saved.ok()) return saved.status();
  return absl::DataLossError(absl::StrCat(
      found, in_a_row, "; expected finite numbers; this step changed no parameters; ", *saved));
}

}  // namespace hairpin
