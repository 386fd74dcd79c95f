// Rows of the zoo: a step of each model by its own program, and what the model reaches.
#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tools/peers/median.h"
#include "tools/peers/process.h"
#include "tools/peers/rows.h"

namespace hairpin {
namespace {

constexpr int kQuick = 5;  // as many times fewer steps

// Of a run of that many steps, so that it has about 20 log lines.
int LogEvery(int steps) { return std::max(1, steps / 20); }

// What a program learns from, as its flags.
std::vector<std::string> DataFlags(ZooData data, const RowOptions& options) {
  switch (data) {
    case ZooData::kOwn:
      return {};
    case ZooData::kDigits:
      return {absl::StrCat("--images=", options.images), absl::StrCat("--labels=", options.labels)};
    case ZooData::kText:
      return {absl::StrCat("--data=", options.text)};
    case ZooData::kLines:
      return {absl::StrCat("--data=", options.lines)};
    case ZooData::kParagraphs:
      return {absl::StrCat("--data=", absl::StrJoin(options.texts, ","))};
  }
  HAIRPIN_CHECK(false) << "no such data";
}

bool HasAccuracy(const ZooModel& model) { return model.figure == "accuracy"; }

// The size of a run of Hairpin's, "steps" or "micro_batch".
int64_t SizeOf(const std::vector<Measured>& measured, const char* name) {
  return measured.front().answers.front().at(name);
}

// Where a peer's model is another one than Hairpin's.
void NoteParameters(const ZooModel& model, const std::vector<Measured>& measured,
                    Comparison* comparison) {
  for (const Measured& one : measured) {
    const int64_t ours = measured.front().answers.front().at("parameters");
    const int64_t theirs = one.answers.front().at("parameters");
    if (ours == theirs) continue;
    comparison->notes.push_back(absl::StrCat(model.title, ": ", ours, " parameters of Hairpin, ",
                                             theirs, " of ", one.contender.program));
    return;
  }
}

}  // namespace

// The program's run to its end, and its record as the peers' task.
absl::Status RowMaker::TrainOnce(const std::string& what, int repetition, const ZooModel& model,
                                 int steps, Measured* measured) {
  bench_.Tell(what, repetition, measured->contender);
  const std::string folder = bench_.Path("zoo");
  std::vector<std::string> command = {peers_.trainers.at(model.program)};
  command.insert(command.end(), model.flags.begin(), model.flags.end());
  for (std::string& flag : DataFlags(model.data, options_)) command.push_back(std::move(flag));
  command.push_back(absl::StrCat("--threads=", options_.task.threads));
  command.push_back(absl::StrCat("--out_dir=", folder));
  command.push_back("--eval_every=0");
  command.push_back("--checkpoint_every=0");
  if (steps > 0) {
    command.push_back(absl::StrCat("--steps=", steps));
    command.push_back(absl::StrCat("--log_every=", LogEvery(steps)));
  }
  const absl::StatusOr<ProcessResult> result = RunProcess(command);
  absl::Status status = result.status();
  absl::StatusOr<ZooRun> run = absl::InternalError("");
  if (status.ok()) {
    run = ReadZooRun(folder);
    status = run.status();
  }
  if (status.ok()) status = WriteFileAtomically(bench_.Path("zoo.json"), run->task.dump());
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (!status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(what, ", Hairpin: ", std::string(status.message())));
  }
  measured->answers.push_back(std::move(run->answer));
  measured->resident_bytes.push_back(static_cast<double>(result->resident_peak_bytes));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Measured>> RowMaker::Train(const std::string& what,
                                                      const ZooModel& model, int steps,
                                                      int repetitions,
                                                      std::vector<Contender> peers) {
  std::vector<Measured> all = {{{"Hairpin", "", {}}}};
  for (Contender& peer : peers) all.push_back({std::move(peer)});
  AnswerKeys keys = {"seconds", "parameters", "eval_loss"};
  if (HasAccuracy(model)) keys.push_back("eval_accuracy");
  for (int i = 1; i <= repetitions; ++i) {
    if (absl::Status s = TrainOnce(what, i, model, steps, &all.front()); !s.ok()) return s;
    for (size_t peer = 1; peer < all.size(); ++peer) {
      absl::Status s = bench_.RunPeer(what, i, bench_.Path("zoo.json"), keys, &all[peer]);
      if (!s.ok()) return s;
    }
  }
  std::erase_if(all, [](const Measured& measured) { return measured.failed; });
  return all;
}

absl::Status RowMaker::AddZoo(const ZooModel& model, Comparison* comparison) {
  const std::string name = absl::StrCat("zoo_", model.name);
  const int steps = options_.quick ? model.steps / kQuick : model.steps;
  const auto measured =
      Train(name, model, steps, bench_.repetitions(), ZooContenders(peers_, /*one=*/false));
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {name,
                       absl::StrCat(model.title, ": a step of ",
                                    SizeOf(*measured, "micro_batch"), ", ",
                                    CountThreads(options_.task.threads)),
                       Quantity::kSeconds};
  for (const Measured& one : *measured) {
    std::vector<double> times;
    for (const auto& answer : one.answers) {
      times.push_back(StepSeconds(answer, LogEvery(steps)));
    }
    row.entries.push_back(one.ToEntry(std::move(times)));
  }
  KeepBestOfEach(&row);
  if (row.entries.size() > 1) {
    const Entry &ours = row.entries[0], &theirs = row.entries[1];
    zoo_ratios_.push_back(*Ratio(row, theirs));
    zoo_memory_ratios_.push_back(Median(theirs.resident_bytes) / Median(ours.resident_bytes));
  }
  NoteParameters(model, *measured, comparison);
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// By the program's defaults, once: what it reaches, and in what time.
absl::Status RowMaker::AddFigure(const ZooModel& model, Comparison* comparison) {
  const std::string name = absl::StrCat("figures_", model.name);
  const auto measured = Train(name, model, options_.quick ? model.steps / kQuick : 0,
                              /*repetitions=*/1, ZooContenders(peers_, /*one=*/true));
  if (!measured.ok()) return measured.status();
  const std::string steps = absl::StrCat(SizeOf(*measured, "steps"), " steps");
  const bool accuracy = HasAccuracy(model);
  ComparisonRow figure = {name, absl::StrCat(model.title, ": ", model.figure, " after ", steps),
                          accuracy ? Quantity::kShare : Quantity::kLoss};
  ComparisonRow time = {name + "_time", absl::StrCat(model.title, ": ", steps),
                        Quantity::kSeconds};
  for (const Measured& one : *measured) {
    figure.entries.push_back(one.ToEntry(one.Values(accuracy ? "eval_accuracy" : "eval_loss")));
    figure.entries.back().resident_bytes.clear();
    time.entries.push_back(one.ToEntry({one.answers.front().at("seconds").back()}));
  }
  NoteParameters(model, *measured, comparison);
  comparison->rows.push_back(std::move(figure));
  comparison->rows.push_back(std::move(time));
  return absl::OkStatus();
}

}  // namespace hairpin
