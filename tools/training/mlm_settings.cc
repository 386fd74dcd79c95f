#include "tools/training/mlm_settings.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "optim/schedule.h"
#include "tensor/thread_pool.h"
#include "tools/training/checkpointing.h"

namespace hairpin {
namespace {

constexpr double kMostSize = 1 << 20;
constexpr int kMostThreads = 1024;
constexpr double kSteps = 1e12;

constexpr FlagSpec kFlags[] = {
    {"Text", "data", "[the built-in sample]",
     "UTF-8 text files, separated by commas, read in that order; blank lines are skipped"},
    {"Text", "eval_data", "[the non-blank lines 50, 100, ... of --data]",
     "UTF-8 text files for evaluation, separated by commas"},
    {"Text", "lowercase", "true", "lower case and no accents"},
    {"Text", "vocab", "[train one]", "a BERT vocab.txt, with [PAD] [UNK] [CLS] [SEP] [MASK] in its first five lines"},
    {"Text", "vocab_size", "8192", "tokens of the vocabulary when it is trained", 7, kMostSize},
    {"Text", "packing", "[stream; line for the sample]",
     "stream: lines one after another, cut into sequences; line: one line a sequence, padded"},
    {"Text", "out_dir", "[runs/<date>-<time>]", "the run folder"},
    {"Model", "preset", "mini", "sizes: mini = 3 layers, 192 hidden, 4 heads, 768, 64 tokens"},
    {"Model", "layers", "[3]", "encoder layers", 1, 1000},
    {"Model", "hidden", "[192]", "channels, a multiple of heads", 1, kMostSize},
    {"Model", "heads", "[4]", "attention heads", 1, kMostSize},
    {"Model", "intermediate", "[768]", "channels of the feed-forward layers", 1, kMostSize},
    {"Model", "seq_len", "[64]", "tokens of a sequence", 3, 65536},
    {"Training", "steps", "[4000; 1200 for the sample]", "optimizer steps", 1, kSteps},
    {"Training", "micro_batch", "8", "sequences computed at once", 1, 65536},
    {"Training", "accumulation", "4", "micro-batches of a step", 1, 65536},
    {"Training", "lr", "1e-3", "highest learning rate, a step", 0, 1e6},
    {"Training", "warmup_steps", "[5 % of the steps]", "steps until the rate is highest", 0, kSteps},
    {"Training", "schedule", "linear", "how the rate falls after warmup: linear, cosine or constant"},
    {"Training", "weight_decay", "0.01", "part of a matrix taken off at each step, times the rate",
     0, 1e6},
    {"Training", "beta1", "0.9", "AdamW's decay of the mean of gradients, a step",
     0, 0.9999999999},
    {"Training", "beta2", "0.999", "AdamW's decay of the mean of their squares, a step",
     0, 0.9999999999},
    {"Training", "adam_epsilon", "1e-8", "AdamW's addition to the divisor",
     1e-30, 1},
    {"Training", "clip_norm", "1.0", "largest global norm of the gradient; 0 = no clipping", 0, 1e30},
    {"Training", "dropout", "0", "share of activations that are dropped", 0, 0.999},
    {"Training", "mask_probability", "0.15", "share of the tokens that are masked", 0, 1},
    {"Training", "seed", "0", "a number that all random draws depend on", 0, 9e18},
    {"Training", "checkpointing", "none",
     "what runs again to save memory: none, cheap, segments, segments:auto, budget:12MB, budget:50%"},
    {"Training", "threads", "[all cores]", "threads that compute; the bits don't depend on it",
     1, kMostThreads},
    {"Checks", "on_nonfinite", "stop",
     "at a NaN or infinite loss or gradient: stop, or skip the step (ten in a row stop, too)"},
    {"Checks", "check_numbers", "false",
     "look at every number of every step, and stop at the first NaN or infinite one"},
    {"Checks", "trace", "[none]",
     "file for a trace of some steps, for chrome://tracing or ui.perfetto.dev"},
    {"Checks", "trace_steps", "5", "steps that are traced, from the second on", 1, 10000},
    {"Output", "log_every", "100", "steps between log lines; 0 = at the end only", 0, kSteps},
    {"Output", "eval_every", "[500; 200 for the sample]", "steps between evaluations; 0 = at the end only", 0, kSteps},
    {"Output", "checkpoint_every", "500", "steps between checkpoints; 0 = at the end only", 0, kSteps},
    {"Output", "keep", "2", "newest checkpoints that are kept", 1, 1e6},
    {"Output", "resume", "false", "go on with the run in --out_dir"},
    {"Output", "overfit_one_batch", "false",
     "learn one micro-batch by heart: exit code 0 if the loss falls below 0.1 in fewer than 200 steps"},
};

// What may differ from the run's when it is resumed: it changes no bits of a step.
constexpr const char* kHarmless[] = {"threads", "log_every", "eval_every", "checkpoint_every",
                                     "keep", "on_nonfinite", "check_numbers", "trace",
                                     "trace_steps", "checkpointing"};

bool IsHarmless(const std::string& name) {
  return std::find(std::begin(kHarmless), std::end(kHarmless), name) != std::end(kHarmless);
}

// The overfit run is one micro-batch at a constant rate in fewer than 200 steps;
// flags that say otherwise are an error.
absl::Status SetUpOverfit(TrainMlmSettings* s) {
  const auto contradicts = [](const char* flag, const std::string& found, const char* expected) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag, ": found ", found, ", expected ",
                                                   expected, " with --overfit_one_batch"));
  };
  constexpr int64_t kMostSteps = 199;
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

template <class Set>
void Default(bool given, const Set& set) {
  if (!given) set();
}

}  // namespace

absl::Span<const FlagSpec> TrainMlmFlags() { return kFlags; }

absl::Status ResolveSettings(TrainMlmSettings* s) {
  if (s->overfit_one_batch()) {
    if (absl::Status status = SetUpOverfit(s); !status.ok()) return status;
  }
  SetDefaults(kFlags, s);
  if (s->preset() != "mini") {
    return absl::InvalidArgumentError(
        absl::StrCat("--preset: found '", s->preset(), "', expected mini"));
  }
  const MiniBertConfig mini = MiniPreset();
  Default(s->has_layers(), [&] { s->set_layers(mini.layers()); });
  Default(s->has_hidden(), [&] { s->set_hidden(mini.hidden()); });
  Default(s->has_heads(), [&] { s->set_heads(mini.heads()); });
  Default(s->has_intermediate(), [&] { s->set_intermediate(mini.intermediate()); });
  Default(s->has_seq_len(), [&] { s->set_seq_len(mini.seq_len()); });
  const bool sample = UsesSample(*s);
  Default(s->has_packing(), [&] { s->set_packing(sample ? "line" : "stream"); });
  Default(s->has_steps(), [&] { s->set_steps(sample ? 1200 : 4000); });
  Default(s->has_eval_every(), [&] { s->set_eval_every(sample ? 200 : 500); });
  Default(s->has_warmup_steps(), [&] { s->set_warmup_steps((s->steps() + 19) / 20); });
  Default(s->has_threads(), [&] { s->set_threads(std::min(NumCores(), kMostThreads)); });
  if (s->packing() != "stream" && s->packing() != "line") {
    return absl::InvalidArgumentError(
        absl::StrCat("--packing: found '", s->packing(), "', expected stream or line"));
  }
  if (!ParseScheduleKind(s->schedule()).has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("--schedule: found '", s->schedule(),
                                                   "', expected linear, cosine or constant"));
  }
  if (absl::Status status = CheckCheckpointing(s->checkpointing()); !status.ok()) return status;
  if (s->on_nonfinite() != "stop" && s->on_nonfinite() != "skip") {
    return absl::InvalidArgumentError(
        absl::StrCat("--on_nonfinite: found '", s->on_nonfinite(), "', expected stop or skip"));
  }
  if (s->hidden() % s->heads() != 0) {
    return absl::InvalidArgumentError(absl::StrCat("--hidden: found ", s->hidden(),
                                                   ", expected a multiple of --heads, ",
                                                   s->heads()));
  }
  if (int64_t{s->micro_batch()} * s->seq_len() > (int64_t{1} << 30)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--micro_batch: found ", s->micro_batch(), " sequences of ", s->seq_len(),
                     " tokens, expected at most 2^30 tokens together"));
  }
  return absl::OkStatus();
}

MiniBertConfig ConfigOf(const TrainMlmSettings& settings, int32_t vocab_size) {
  MiniBertConfig config;
  config.set_layers(settings.layers());
  config.set_hidden(settings.hidden());
  config.set_heads(settings.heads());
  config.set_intermediate(settings.intermediate());
  config.set_seq_len(settings.seq_len());
  config.set_vocab_size(vocab_size);
  config.set_dropout(settings.dropout());
  return config;
}

std::string UserFolder() { return std::filesystem::absolute(UserPath(".")).lexically_normal(); }

void MakePathsAbsolute(const std::string& folder, TrainMlmSettings* settings) {
  const auto absolute = [&](const std::string& path) {
    return (std::filesystem::path(folder) / path).lexically_normal().string();
  };
  const auto list = [&](const std::string& paths) {
    return absl::StrJoin(absl::StrSplit(paths, ',', absl::SkipEmpty()), ",",
                         [&](std::string* out, const auto& path) {
                           absl::StrAppend(out, absolute(std::string(path)));
                         });
  };
  if (settings->has_data()) settings->set_data(list(settings->data()));
  if (settings->has_eval_data()) settings->set_eval_data(list(settings->eval_data()));
  if (settings->has_vocab()) settings->set_vocab(absolute(settings->vocab()));
  if (settings->has_trace()) settings->set_trace(absolute(settings->trace()));
}

absl::Status CheckResumeFlags(const TrainMlmSettings& flags, const Run& run) {
  TrainMlmSettings given = flags;
  MakePathsAbsolute(UserFolder(), &given);
  TrainMlmSettings first = run.given();  // --vocab_size as wished, before the text gave fewer
  if (absl::Status s = ResolveSettings(&first); !s.ok()) return s;
  const TrainMlmSettings& settings = run.settings();
  for (const FlagSpec& flag : kFlags) {
    const std::string name = flag.name;
    if (name == "resume" || name == "out_dir" || IsHarmless(name)) continue;
    const std::string wanted = FlagText(name, given), has = FlagText(name, settings);
    if (wanted.empty() || wanted == has) continue;
    if (name == "vocab_size" && wanted == FlagText(name, first)) continue;
    if (name == "steps" && settings.schedule() == "constant") continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, ": found ", FlagText(name, flags), ", expected ",
                     has.empty() ? "none" : has,
                     " as in the run that --resume continues"));
  }
  return absl::OkStatus();
}

void ApplyHarmlessFlags(const TrainMlmSettings& given, TrainMlmSettings* run) {
  for (const FlagSpec& flag : kFlags) {
    const std::string text = FlagText(flag.name, given);
    if (text.empty()) continue;
    if (IsHarmless(flag.name) || std::string(flag.name) == "steps") {
      (void)SetFlag(flag, text, run);
    }
  }
}

std::vector<std::string> SplitPaths(const std::string& list) {
  std::vector<std::string> paths;
  for (const auto path : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    paths.push_back(UserPath(std::string(path)));
  }
  return paths;
}

}  // namespace hairpin
