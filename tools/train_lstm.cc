// Trains a recurrent language model on text: `bazel run //tools:train_lstm -- --help`.
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/lstm_lm/lstm_lm.h"
#include "tools/language/language_program.h"
#include "tools/train_lstm.pb.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains an LSTM or a GRU to continue a text. Without flags it trains on the built-in sample.\n"
    "Example:\n"
    "  train_lstm --data=tinyshakespeare.txt --out_dir=runs/lstm\n"
    "  generate --run=runs/lstm --prompt='ROMEO:'\n";

constexpr FlagSpec kOwn[] = {
    {"Model", "cell", "lstm", "lstm or gru"},
    {"Model", "layers", "1", "layers of cells", 1, 1000},
    {"Model", "hidden", "256", "numbers of a layer's state", 1, 1048576},
    {"Model", "embedding", "64", "channels of a token", 1, 1048576},
    {"Model", "dropout", "0", "share of activations that are dropped", 0, 0.9999999999},
    {"Training", "steps", "4000", "optimizer steps", 1, 1e12},
    {"Training", "lr", "3e-3", "highest learning rate, a step", 0, 1e6},
    {"Training", "schedule", "cosine", kScheduleMeaning},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithTextFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  const auto& settings = static_cast<TrainLstmSettings&>(*message);
  if (absl::Status s = CheckText(settings.text()); !s.ok()) return s;
  if (settings.has_cell() && settings.cell() != "lstm" && settings.cell() != "gru") {
    return absl::InvalidArgumentError(
        absl::StrCat("--cell: found '", settings.cell(), "', expected lstm or gru"));
  }
  return ResolveTraining(Flags(), message);
}

class Program final : public LanguageProgram<LstmLm> {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainLstmSettings& settings() override { return settings_; }

 private:
  const LanguageText& text() const override { return settings_.text(); }
  const TrainingSettings& training() const override { return settings_.training(); }

  LstmLmConfig Config(int32_t vocab_size) const override {
    LstmLmConfig config;
    config.set_layers(settings_.layers());
    config.set_hidden(settings_.hidden());
    config.set_embedding(settings_.embedding());
    config.set_vocab_size(vocab_size);
    config.set_dropout(settings_.dropout());
    config.set_gru(settings_.cell() == "gru");
    return config;
  }

  const SettingsRules rules_ = {
      .program = "train_lstm", .flags = Flags(), .paths = TextPaths(), .resolve = Resolve};
  TrainLstmSettings settings_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
