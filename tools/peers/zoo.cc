#include "tools/peers/zoo.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tools/peers/median.h"
#include "tools/training/run_folder.h"

namespace hairpin {
namespace {

constexpr const char* kColumns[] = {"model",     "command",   "a step", "PyTorch's",
                                    "ratio",     "memory",    "PyTorch's", "trained in",
                                    "PyTorch's", "reaches",   "PyTorch's"};

std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

const ComparisonRow* FindRow(const Comparison& comparison, const std::string& name) {
  const auto found = std::find_if(comparison.rows.begin(), comparison.rows.end(),
                                  [&](const ComparisonRow& row) { return row.name == name; });
  return found == comparison.rows.end() ? nullptr : &*found;
}

// The medians of Hairpin and PyTorch; "" where there is none.
std::array<std::string, 2> Medians(const ComparisonRow* row) {
  std::array<std::string, 2> medians;
  for (size_t i = 0; row != nullptr && i < std::min<size_t>(2, row->entries.size()); ++i) {
    medians[i] = FormatValue(row->quantity, Median(row->entries[i].values));
  }
  return medians;
}

std::array<std::string, 2> Memories(const ComparisonRow* row) {
  std::array<std::string, 2> medians;
  for (size_t i = 0; row != nullptr && i < std::min<size_t>(2, row->entries.size()); ++i) {
    if (row->entries[i].resident_bytes.empty()) continue;
    medians[i] = FormatValue(Quantity::kBytes, Median(row->entries[i].resident_bytes));
  }
  return medians;
}

}  // namespace

const std::vector<ZooModel>& ZooModels() {
  static const auto* const models = new std::vector<ZooModel>{
      {"linear", "linear regression", "train_tabular", {"--model=linear"}, ZooData::kOwn, 8000,
       "mean squared error"},
      {"logistic", "logistic regression", "train_tabular", {}, ZooData::kOwn, 8000, "accuracy"},
      {"mlp", "multilayer perceptron", "train_tabular", {"--model=mlp"}, ZooData::kOwn, 4000,
       "accuracy"},
      {"lenet", "LeNet", "train_digits", {}, ZooData::kDigits, 300, "accuracy"},
      {"vit", "vision transformer", "train_digits", {"--model=vit"}, ZooData::kDigits, 100,
       "accuracy"},
      {"vae", "variational autoencoder", "train_vae", {}, ZooData::kDigits, 600,
       "negative ELBO"},
      {"gpt", "GPT", "train_gpt", {}, ZooData::kText, 100, "loss"},
      {"lstm", "LSTM", "train_lstm", {}, ZooData::kText, 100, "loss"},
      {"gru", "GRU", "train_lstm", {"--cell=gru"}, ZooData::kText, 100, "loss"},
      {"classifier", "text classifier", "train_classifier", {}, ZooData::kLines, 100, "accuracy"},
      {"embedding", "sentence embedding", "train_embedding", {}, ZooData::kParagraphs, 100,
       "accuracy"}};
  return *models;
}

const ZooModel* FindZooModel(const std::string& name) {
  for (const ZooModel& model : ZooModels()) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

absl::StatusOr<ZooRun> ReadZooRun(const std::string& folder) {
  const RunFolder files(folder);
  const absl::StatusOr<Run> record = files.ReadRun();
  if (!record.ok()) return record.status();
  const absl::StatusOr<std::string> metrics = ReadFile(files.metrics());
  if (!metrics.ok()) return metrics.status();
  ZooRun run;
  run.task = {{"task", "zoo"}, {"program", record->program()}};
  run.task["flags"] = nlohmann::ordered_json::object();
  for (const RunFlag& flag : record->flags()) run.task["flags"][flag.name()] = flag.value();
  run.task["data"] = nlohmann::ordered_json::array();
  for (const DataFile& file : record->data()) run.task["data"].push_back(file.path());
  const absl::StatusOr<std::string> tokens = ReadFile(files.vocabulary());
  if (tokens.ok()) {
    const std::vector<std::string> lines = absl::StrSplit(*tokens, '\n', absl::SkipEmpty());
    run.task["vocabulary"] = lines;
  } else if (!absl::IsNotFound(tokens.status())) {
    return tokens.status();
  }
  run.answer = {{"parameters", record->parameters()}, {"seconds", nlohmann::json::array()}};
  for (const char* const name : {"steps", "micro_batch"}) {
    int64_t size = 0;
    if (!absl::SimpleAtoi(run.task["flags"].value(name, ""), &size)) {
      return absl::DataLossError(absl::StrCat(folder, ": found no flag ", name,
                                              ", expected that of a training"));
    }
    run.answer[name] = size;
  }
  for (const absl::string_view text : absl::StrSplit(*metrics, '\n', absl::SkipEmpty())) {
    const auto line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object()) {
      return absl::DataLossError(absl::StrCat(files.metrics(), ": found '", text,
                                              "', expected JSON"));
    }
    if (line.contains("seconds")) run.answer["seconds"].push_back(line["seconds"]);
    for (const char* const name : {"eval_loss", "eval_accuracy"}) {
      if (line.contains(name)) run.answer[name] = line[name];
    }
  }
  return run;
}

double StepSeconds(const nlohmann::json& answer, int log_every) {
  const std::vector<double> seconds = answer.at("seconds");
  HAIRPIN_CHECK(!seconds.empty() && log_every > 0) << "StepSeconds: no log line";
  std::vector<double> steps;
  for (size_t i = seconds.size() / 5; i < seconds.size(); ++i) {
    steps.push_back((seconds[i] - (i == 0 ? 0 : seconds[i - 1])) / log_every);
  }
  return Median(std::move(steps));
}

std::string ZooMarkdown(const Comparison& comparison) {
  std::string lines;
  for (const ZooModel& model : ZooModels()) {
    const ComparisonRow* const step = FindRow(comparison, absl::StrCat("zoo_", model.name));
    const std::string figures = absl::StrCat("figures_", model.name);
    const ComparisonRow* const figure = FindRow(comparison, figures);
    const ComparisonRow* const time = FindRow(comparison, figures + "_time");
    if (step == nullptr && figure == nullptr) continue;
    std::vector<std::string> cells = {
        model.title, absl::StrCat("`", model.program,
                                  model.flags.empty() ? "" : " ",
                                  absl::StrJoin(model.flags, " "), "`")};
    const auto add = [&](const std::array<std::string, 2>& pair) {
      cells.insert(cells.end(), pair.begin(), pair.end());
    };
    add(Medians(step));
    const std::optional<double> ratio =
        step != nullptr && step->entries.size() > 1 ? Ratio(*step, step->entries[1])
                                                    : std::nullopt;
    cells.push_back(ratio ? absl::StrFormat("%.2f", *ratio) : "");
    add(Memories(step != nullptr ? step : time));
    add(Medians(time));
    std::array<std::string, 2> reached = Medians(figure);
    if (!reached[0].empty()) reached[0] = absl::StrCat(model.figure, " ", reached[0]);
    add(reached);
    lines += Line(cells);
  }
  if (lines.empty()) return "";
  std::vector<std::string> rules = {"---", "---"};
  rules.resize(std::size(kColumns), "---:");
  return absl::StrCat(Line({std::begin(kColumns), std::end(kColumns)}), Line(rules), lines);
}

}  // namespace hairpin
