#include "tools/training/training_flags.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "optim/group_rules.h"
#include "optim/make_optimizer.h"
#include "optim/schedule.h"
#include "tensor/thread_pool.h"
#include "tools/training/checkpointing.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

constexpr int kMostThreads = 1024;
constexpr double kSteps = 1e12;

constexpr FlagSpec kCommon[] = {
    {"Training", "steps", "1000", "optimizer steps", 1, kSteps},
    {"Training", "micro_batch", "32", "samples computed at once", 1, 65536},
    {"Training", "accumulation", "1", "micro-batches of a step", 1, 65536},
    {"Training", "optimizer", "adamw",
     "adamw, adam, sgd, rmsprop, adagrad, lion, or muon (AdamW for what is no matrix)"},
    {"Training", "lr", "1e-3", "highest learning rate, a step", 0, 1e6},
    {"Training", "warmup_steps", "[5 % of the steps]", "steps until the rate is highest", 0,
     kSteps},
    {"Training", "schedule", "linear", kScheduleMeaning},
    {"Training", "cycles", "4", "of cosine_with_restarts: how often the rate falls", 1, 1e6},
    {"Training", "weight_decay", "0.01", "part of a matrix taken off at each step, times the rate",
     0, 1e6},
    {"Training", "momentum", "0.9", "sgd's and rmsprop's share of the step before", 0,
     0.9999999999},
    {"Training", "beta1", "0.9", "AdamW's decay of the mean of gradients, a step", 0,
     0.9999999999},
    {"Training", "beta2", "0.999", "AdamW's decay of the mean of their squares, a step", 0,
     0.9999999999},
    {"Training", "adam_epsilon", "1e-8", "AdamW's addition to the divisor", 1e-30, 1},
    {"Training", "clip_norm", "1.0", "largest global norm of the gradient; 0 = no clipping", 0,
     1e30},
    {"Training", "clip_value", "0",
     "largest magnitude of a gradient's number, before its norm is clipped; 0 = no clipping", 0,
     1e30},
    {"Training", "groups", "[none]",
     "settings of parameters by their names: \"*.bias:learning_rate_factor=2; "
     "head.*:weight_decay=0.1\""},
    {"Training", "early_stopping", "0",
     "end after so many evaluations in a row that are not the best; 0 = never", 0, 1e9},
    {"Training", "ema", "0",
     "decay of a moving average of the weights, which is what is evaluated and saved as the "
     "model; 0 = none", 0, 0.9999999999},
    {"Training", "seed", "0", "a number that all random draws depend on", 0, 9e18},
    {"Training", "checkpointing", "none",
     "what runs again to save memory: none, cheap, segments, segments:auto, budget:12MB, "
     "budget:50%"},
    {"Training", "threads", "[all cores]", "threads that compute; the bits don't depend on it", 1,
     kMostThreads},
    {"Checks", "on_nonfinite", "stop",
     "at a NaN or infinite loss or gradient: stop, or skip the step (ten in a row stop, too)"},
    {"Checks", "check_numbers", "false",
     "look at every number of every step, and stop at the first NaN or infinite one"},
    {"Checks", "trace", "[none]",
     "file for a trace of some steps, for chrome://tracing or ui.perfetto.dev"},
    {"Checks", "trace_steps", "5", "steps that are traced, from the second on", 1, 10000},
    {"Checks", "summary", "false",
     "print the model's layers with shapes, parameters and bytes before it trains"},
    {"Output", "out_dir", "[runs/<date>-<time>]", "the run folder"},
    {"Output", "log_every", "100", "steps between log lines; 0 = at the end only", 0, kSteps},
    {"Output", "eval_every", "500", "steps between evaluations; 0 = at the end only", 0, kSteps},
    {"Output", "checkpoint_every", "500", "steps between checkpoints; 0 = at the end only", 0,
     kSteps},
    {"Output", "keep", "2", "newest checkpoints that are kept", 1, 1e6},
    {"Output", "resume", "false",
     "go on with the run in --out_dir; a flag may name the new place of data that was moved"},
    {"Output", "ignore_data_change", "false",
     "with --resume: go on where a file of data has changed or is gone, from the run's own ids if "
     "it has them"},
    {"Output", "overfit_one_batch", "false",
     "learn one micro-batch by heart: exit code 0 if the loss falls below 0.1 in fewer than 200 "
     "steps"},
};

constexpr std::string_view kHarmless[] = {
    "threads", "log_every", "eval_every", "checkpoint_every", "keep", "on_nonfinite",
    "check_numbers", "trace", "trace_steps", "checkpointing", "summary",
    "ignore_data_change"};

const FlagSpec* Find(absl::Span<const FlagSpec> flags, std::string_view name) {
  for (const FlagSpec& flag : flags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

absl::Status Wrong(const char* flag, const std::string& found, const std::string& expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": found ", found, ", expected ", expected));
}

// The overfit run is one micro-batch at a constant rate in fewer than 200 steps;
// flags that say otherwise are an error.
absl::Status SetUpOverfit(TrainingSettings* s) {
  constexpr int64_t kMostSteps = 199;
  const auto contradicts = [](const char* flag, const std::string& found, const char* expected) {
    return Wrong(flag, found, absl::StrCat(expected, " with --overfit_one_batch"));
  };
  if (s->has_steps() && s->steps() > kMostSteps) {
    return contradicts("steps", absl::StrCat(s->steps()), "at most 199");
  }
  if (s->has_accumulation() && s->accumulation() != 1) {
    return contradicts("accumulation", absl::StrCat(s->accumulation()), "1");
  }
  if (s->has_schedule() && s->schedule() != "constant") {
    return contradicts("schedule", s->schedule(), "constant");
  }
  if (s->has_warmup_steps() && s->warmup_steps() != 0) {
    return contradicts("warmup_steps", absl::StrCat(s->warmup_steps()), "0");
  }
  if (!s->has_steps()) s->set_steps(kMostSteps);
  s->set_accumulation(1);
  s->set_schedule("constant");
  s->set_warmup_steps(0);
  return absl::OkStatus();
}

}  // namespace

std::vector<FlagSpec> WithTrainingFlags(absl::Span<const FlagSpec> own) {
  std::vector<FlagSpec> flags;
  std::vector<std::string_view> groups = {"Training", "Checks", "Output"};
  // Own groups first; an own flag of a common group stands behind the common ones.
  for (const FlagSpec& flag : own) {
    if (std::find(groups.begin(), groups.end(), flag.group) == groups.end()) flags.push_back(flag);
  }
  for (const std::string_view group : groups) {
    for (const FlagSpec& flag : kCommon) {
      if (group != flag.group) continue;
      const FlagSpec* const instead = Find(own, flag.name);
      if (instead == nullptr) {
        flags.push_back(flag);
      } else if (group == instead->group) {
        flags.push_back(*instead);
      }
    }
    for (const FlagSpec& flag : own) {
      if (group == flag.group && Find(kCommon, flag.name) == nullptr) flags.push_back(flag);
    }
  }
  return flags;
}

absl::Status ResolveTraining(absl::Span<const FlagSpec> flags,
                             google::protobuf::Message* settings) {
  if (CommonSettings(*settings).overfit_one_batch()) {
    TrainingSettings overfit = CommonSettings(*settings);
    if (absl::Status s = SetUpOverfit(&overfit); !s.ok()) return s;
    SetCommonSettings(overfit, settings);
  }
  SetDefaults(flags, settings);
  TrainingSettings common = CommonSettings(*settings);
  if (!common.has_warmup_steps()) common.set_warmup_steps((common.steps() + 19) / 20);
  if (!common.has_threads()) common.set_threads(std::min(NumCores(), kMostThreads));
  SetCommonSettings(common, settings);
  if (!ParseScheduleKind(common.schedule()).has_value()) {
    return Wrong("schedule", absl::StrCat("'", common.schedule(), "'"),
                 "linear, cosine, constant, cosine_with_restarts, one_cycle or "
                 "warmup_stable_decay");
  }
  if (!IsOptimizer(common.optimizer())) {
    return Wrong("optimizer", absl::StrCat("'", common.optimizer(), "'"), OptimizerNames());
  }
  if (const auto rules = ParseGroupRules(common.groups()); !rules.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--", std::string(rules.status().message())));
  }
  if (absl::Status s = CheckCheckpointing(common.checkpointing()); !s.ok()) return s;
  if (common.on_nonfinite() != "stop" && common.on_nonfinite() != "skip") {
    return Wrong("on_nonfinite", absl::StrCat("'", common.on_nonfinite(), "'"), "stop or skip");
  }
  return absl::OkStatus();
}

bool IsHarmless(const std::string& flag) {
  return std::find(std::begin(kHarmless), std::end(kHarmless), flag) != std::end(kHarmless);
}

}  // namespace hairpin
