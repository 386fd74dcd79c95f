// Trains a model of a table's rows: `bazel run //tools:train_tabular -- --help`.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "data/table/spirals.h"
#include "data/table/table_dataset.h"
#include "models/linear/linear_model.h"
#include "tensor/file.h"
#include "tools/program/training_program.h"
#include "tools/tabular/border.h"
#include "tools/tabular/table_model.h"
#include "tools/tabular/tabular_task.h"
#include "tools/train_tabular.pb.h"
#include "tools/training/class_weights.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains linear or logistic regression or a multilayer perceptron on the rows of a table.\n"
    "Without flags it tells penguins' species from their measures. Example:\n"
    "  train_tabular --model=mlp --data=houses.csv --target=price --out_dir=runs/houses\n";

constexpr FlagSpec kOwn[] = {
    {"Table", "data", "[penguins]", "a CSV file with a header, or - for standard input"},
    {"Table", "target", "[species; body_mass_g for linear]", "the column that is to be told"},
    {"Table", "ignore", "[none]", "columns that are left out, separated by commas"},
    {"Table", "categories", "[none]",
     "columns, separated by commas, that are categories though they are numbers"},
    {"Table", "spirals", "false", "two spirals of 1000 points instead of a table"},
    {"Table", "evaluation_share", "0.2", "share of the rows that is kept for evaluation", 0, 1},
    {"Table", "border", "[X,Y where there are no others]",
     "two columns of numbers: the run folder gets a picture of the classes' borders, border.svg"},
    {"Model", "model", "[logistic; mlp for spirals]", "linear (of a number), logistic or mlp"},
    {"Model", "hidden", "64,64", "channels of mlp's hidden layers"},
    {"Training", "steps", "2000", "optimizer steps", 1, 1e12},
    {"Training", "lr", "1e-2", "highest learning rate, a step", 0, 1e6},
    {"Training", "weight_decay", "0", "part of a matrix taken off a step, times the rate", 0, 1e6},
    kClassWeightsFlag,
};

absl::Status Resolve(google::protobuf::Message* message) {
  auto& s = static_cast<TrainTabularSettings&>(*message);
  if (s.has_data() && s.spirals()) {
    return absl::InvalidArgumentError("--spirals: found it beside --data, expected one of them");
  }
  if (s.has_data() && s.target().empty()) {
    return absl::InvalidArgumentError("--target: found none, expected a column of --data");
  }
  if (!s.has_model()) s.set_model(s.spirals() ? "mlp" : "logistic");
  if (!s.has_target() && !s.has_data() && !s.spirals()) {
    s.set_target(s.model() == "linear" ? "body_mass_g" : "species");
  }
  if (s.model() != "linear" && s.model() != "logistic" && s.model() != "mlp") {
    return absl::InvalidArgumentError(
        absl::StrCat("--model: found '", s.model(), "', expected linear, logistic or mlp"));
  }
  return ResolveTraining(WithTrainingFlags(kOwn), message);
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainTabularSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--hidden, --micro_batch, --accumulation"; }

  absl::Status Open(const RunFolder&) override {
    const double share = settings_.evaluation_share();
    absl::StatusOr<TableDataset> table =
        settings_.spirals() ? SplitDataset(TwoSpirals({.noise = 0.02}), share)
                            : ReadTable(DataPath(), settings_.target(), settings_.categories(),
                                        settings_.ignore(), share);
    if (!table.ok()) return ForFlag("--data", table.status());
    table_.emplace(*std::move(table));
    absl::StatusOr<std::vector<BorderAxis>> axes = FindBorderAxes(*table_, settings_.border());
    if (!axes.ok()) return ForFlag("--border", axes.status());
    axes_ = *std::move(axes);
    absl::StatusOr<std::vector<float>> weights =
        ClassWeights(settings_.class_weights(), table_->dataset.classes(),
                     table_->dataset.class_count(), table_->split.train);
    if (!weights.ok()) return weights.status();
    class_weights_ = *std::move(weights);
    absl::StatusOr<LinearModelConfig> config =
        ConfigOf(*table_, settings_.model(), settings_.hidden(), settings_.target());
    if (config.ok()) config_ = *std::move(config);
    return config.status();
  }

  absl::Status Prepare(const RunFolder& folder, Progress& progress, Run*) override {
    if (const auto rows = static_cast<long long>(table_->rows_without_target); rows > 0) {
      progress.Line("%lld rows without a target are left out", rows);
    }
    return WriteEncoding(*table_, folder.path());
  }

  std::vector<std::string> DataFiles() const override {
    if (settings_.spirals() || settings_.data() == "-") return {};
    return {DataPath()};
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    return std::make_unique<TabularTask>(
        context, config_,
        DatasetTaskOptions{.dataset = table_->dataset,
                           .train = table_->split.train, .evaluation = table_->split.test,
                           .micro_batch = settings_.training().micro_batch(),
                           .seed = static_cast<uint64_t>(settings_.training().seed())},
        class_weights_);
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    auto& tabular = static_cast<TabularTask&>(task);
    const auto classify = [&](const Tensor& rows) { return tabular.Classes(rows); };
    if (!axes_.empty()) {
      const std::string picture = DrawBorder(*table_, axes_, classify);
      absl::Status s = WriteFileAtomically(folder.path() + "/border.svg", picture);
      if (!s.ok()) return s;
    }
    return TrainingProgram::Finish(task, trainer, folder);
  }

 private:
  std::string DataPath() const {
    return settings_.has_data() ? UserPath(settings_.data())
                                : FindRunfile("hairpin/data/table/penguins.csv");
  }

  const std::vector<FlagSpec> flags_ = WithTrainingFlags(kOwn);
  const SettingsRules rules_ = {.program = "train_tabular", .flags = flags_,
                                .paths = {"data", "trace"}, .resolve = Resolve};
  TrainTabularSettings settings_;
  std::optional<TableDataset> table_;
  std::vector<BorderAxis> axes_;  // of the picture, if there is one
  std::vector<float> class_weights_;
  LinearModelConfig config_;
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
