#include "tools/training/mlm_settings.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr double kMostSize = 1 << 20;
constexpr double kSteps = 1e12;

constexpr FlagSpec kOwn[] = {
    {"Text", "data", "[the built-in sample]",
     "UTF-8 text files, separated by commas (\\, is one of a name), read in that order; blank "
     "lines are skipped"},
    {"Text", "eval_data", "[the non-blank lines 50, 100, ... of --data]",
     "UTF-8 text files for evaluation, separated by commas"},
    {"Text", "lowercase", "true", "lower case and no accents"},
    {"Text", "vocab", "[train one]",
     "a BERT vocab.txt, with [PAD] [UNK] [CLS] [SEP] [MASK] in its first five lines"},
    {"Text", "vocab_size", "8192", "tokens of the vocabulary when it is trained", 7, kMostSize},
    {"Text", "packing", "[stream; line for the sample]",
     "stream: lines one after another, cut into sequences; line: one line a sequence, padded"},
    {"Model", "preset", "mini", "sizes: mini = 3 layers, 192 hidden, 4 heads, 768, 64 tokens"},
    {"Model", "layers", "[3]", "encoder layers", 1, 1000},
    {"Model", "hidden", "[192]", "channels, a multiple of heads", 1, kMostSize},
    {"Model", "heads", "[4]", "attention heads", 1, kMostSize},
    {"Model", "intermediate", "[768]", "channels of the feed-forward layers", 1, kMostSize},
    {"Model", "seq_len", "[64]", "tokens of a sequence", 3, 65536},
    {"Model", "dropout", "0", "share of activations that are dropped", 0, 0.999},
    {"Training", "steps", "[4000; 1200 for the sample]", "optimizer steps", 1, kSteps},
    {"Training", "micro_batch", "8", "sequences computed at once", 1, 65536},
    {"Training", "accumulation", "4", "micro-batches of a step", 1, 65536},
    {"Training", "mask_probability", "0.15", "share of the tokens that are masked", 0, 1},
    {"Output", "eval_every", "[500; 200 for the sample]",
     "steps between evaluations; 0 = at the end only", 0, kSteps},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(kOwn);
  return flags;
}

template <class Set>
void Default(bool given, const Set& set) {
  if (!given) set();
}

}  // namespace

absl::Span<const FlagSpec> TrainMlmFlags() { return Flags(); }

const SettingsRules& TrainMlmRules() {
  // A vocabulary that is given or trained from few words has fewer tokens than may be
  // wished for, and a given one may have more.
  static const SettingsRules rules = {
      .program = "train_mlm",
      .flags = Flags(),
      .paths = {"data", "eval_data", "vocab", "trace"},
      .lists = {"data", "eval_data"},
      .keeps_ids = true,
      .resolve =
          [](google::protobuf::Message* settings) {
            return ResolveSettings(static_cast<TrainMlmSettings*>(settings));
          },
      .set_by_data = "vocab_size",
      .least = 6};
  return rules;
}

absl::Status ResolveSettings(TrainMlmSettings* s) {
  const MiniBertConfig mini = MiniPreset();
  Default(s->has_layers(), [&] { s->set_layers(mini.layers()); });
  Default(s->has_hidden(), [&] { s->set_hidden(mini.hidden()); });
  Default(s->has_heads(), [&] { s->set_heads(mini.heads()); });
  Default(s->has_intermediate(), [&] { s->set_intermediate(mini.intermediate()); });
  Default(s->has_seq_len(), [&] { s->set_seq_len(mini.seq_len()); });
  const bool sample = UsesSample(*s);
  Default(s->has_packing(), [&] { s->set_packing(sample ? "line" : "stream"); });
  Default(s->has_steps() || s->overfit_one_batch(), [&] { s->set_steps(sample ? 1200 : 4000); });
  Default(s->has_eval_every(), [&] { s->set_eval_every(sample ? 200 : 500); });
  if (absl::Status status = ResolveTraining(Flags(), s); !status.ok()) return status;
  if (s->preset() != "mini") {
    return absl::InvalidArgumentError(
        absl::StrCat("--preset: found '", s->preset(), "', expected mini"));
  }
  if (s->packing() != "stream" && s->packing() != "line") {
    return absl::InvalidArgumentError(
        absl::StrCat("--packing: found '", s->packing(), "', expected stream or line"));
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

}  // namespace hairpin
