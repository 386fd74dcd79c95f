// Trains a GPT on text: `bazel run //tools:train_gpt -- --help`.
#include <vector>

#include "absl/status/status.h"
#include "models/gpt/gpt.h"
#include "tools/language/language_program.h"
#include "tools/train_gpt.pb.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a GPT to continue a text. Without flags it trains on the built-in sample. Example:\n"
    "  train_gpt --data=tinyshakespeare.txt --out_dir=runs/shakespeare\n"
    "  generate --run=runs/shakespeare --prompt='ROMEO:'\n";

constexpr FlagSpec kOwn[] = {
    {"Model", "layers", "4", "decoder layers", 1, 1000},
    {"Model", "hidden", "128", "channels, a multiple of heads", 1, 1048576},
    {"Model", "heads", "4", "attention heads", 1, 1048576},
    {"Model", "intermediate", "[4 x hidden]", "channels of the feed-forward layers", 1, 1048576},
    {"Model", "dropout", "0", "share of activations that are dropped", 0, 0.9999999999},
    {"Training", "steps", "2000", "optimizer steps", 1, 1e12},
    {"Training", "micro_batch", "12", "sequences computed at once", 1, 65536},
    {"Training", "lr", "2e-3", "highest learning rate, a step", 0, 1e6},
    {"Training", "schedule", "cosine", kScheduleMeaning},
    {"Training", "weight_decay", "0.1", "part of a matrix taken off at each step, times the rate",
     0, 1e6},
    {"Training", "beta2", "0.99", "AdamW's decay of the mean of squared gradients, a step", 0,
     0.9999999999},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithTextFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  auto& settings = static_cast<TrainGptSettings&>(*message);
  if (absl::Status s = CheckText(settings.text()); !s.ok()) return s;
  if (absl::Status s = ResolveTraining(Flags(), message); !s.ok()) return s;
  if (!settings.has_intermediate()) settings.set_intermediate(4 * settings.hidden());
  return absl::OkStatus();
}

class Program final : public LanguageProgram<Gpt> {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainGptSettings& settings() override { return settings_; }

 private:
  const LanguageText& text() const override { return settings_.text(); }
  const TrainingSettings& training() const override { return settings_.training(); }

  GptConfig Config(int32_t vocab_size) const override {
    GptConfig config;
    config.set_layers(settings_.layers());
    config.set_hidden(settings_.hidden());
    config.set_heads(settings_.heads());
    config.set_intermediate(settings_.intermediate());
    config.set_seq_len(settings_.text().seq_len());
    config.set_vocab_size(vocab_size);
    config.set_dropout(settings_.dropout());
    return config;
  }

  const SettingsRules rules_ = {
      .program = "train_gpt", .flags = Flags(), .paths = TextPaths(), .resolve = Resolve};
  TrainGptSettings settings_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
