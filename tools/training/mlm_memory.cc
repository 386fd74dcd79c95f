#include "tools/training/mlm_memory.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "data/masking.h"
#include "optim/adamw.h"

namespace hairpin {

Account PredictMemory(const TrainMlmSettings& settings, const MiniBertConfig& config) {
  Allocator dry(Allocator::Kind::kDry);
  Account account;
  {
    MiniBert model({.allocator = &dry}, config);
    AdamW optimizer(DecayMatricesOnly(model, settings.weight_decay()));
    optimizer.Step(0);
    Recording recording({.allocator = &dry});
    const int64_t B = settings.micro_batch(), T = settings.seq_len();
    const int64_t M = B * MaxMaskedPerSequence(settings.mask_probability(), T);
    const auto constant = [&](const Shape& shape) {
      return recording.Constant(
          Tensor::Empty({DType::kInt32, shape}, Purpose::kActivation, dry));
    };
    // Twice: from the second step on, gradients are there when a step begins.
    for (int step = 0; step < 2; ++step) {
      dry.account().ResetPeaks();
      recording.Reset({.allocator = &dry});
      model.ClearGradients();
      MiniBertInputs inputs;
      inputs.ids = constant(Shape({B, T}));
      if (settings.packing() == "line") inputs.visible = constant(Shape({B, T}));
      inputs.masked_rows = constant(Shape({M}));
      Variable labels = constant(Shape({M}));
      const CrossEntropyResult result =
          MaskedLanguageModelLoss(model.Forward(std::move(inputs)), std::move(labels));
      recording.Backward(result.loss);
    }
    account = dry.account();
  }
  return account;
}

absl::Status CheckMemory(const TrainMlmSettings& settings, const MiniBertConfig& config) {
  // A batch holds ids and visibility of T tokens, rows and labels of the masked ones.
  const int64_t sequences = int64_t{settings.accumulation()} * settings.micro_batch();
  const int64_t numbers =
      2 * settings.seq_len() +
      2 * MaxMaskedPerSequence(settings.mask_probability(), settings.seq_len());
  const int64_t batches = sequences * numbers * static_cast<int64_t>(sizeof(int32_t));
  const int64_t needed = PredictMemory(settings, config).peak_total() + batches;
  const int64_t machine = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  if (needed <= machine) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation: found a "
      "training of ", needed, " bytes (", CountParameters(config),
      " parameters), expected at most the ", machine, " bytes of this machine"));
}

}  // namespace hairpin
