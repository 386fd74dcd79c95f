// Rows of a text: memory of a whole training, tokenizing, a vocabulary, the start.
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tensor/file.h"
#include "tools/peers/process.h"
#include "tools/peers/rows.h"
#include "tools/peers/text_task.h"

namespace hairpin {
namespace {

constexpr int kMemorySteps = 20;

double Megabytes(const std::vector<std::string>& paths) {
  double bytes = 0;
  for (const std::string& path : paths) {
    std::error_code ignored;
    bytes += static_cast<double>(std::filesystem::file_size(path, ignored));
  }
  return bytes / 1e6;
}

// Where a peer's number `key` is another one than Hairpin's, so that it did other work.
void NoteOthers(const char* row, const char* key, const std::vector<Measured>& measured,
                Comparison* comparison) {
  const double ours = measured.front().Values(key).front();
  for (const Measured& one : measured) {
    const double theirs = one.Values(key).front();
    if (theirs == ours) continue;
    comparison->notes.push_back(absl::StrFormat("%s: %.0f %s of Hairpin, %.0f of %s", row, ours,
                                                key, theirs, one.contender.program));
  }
}

}  // namespace

// The model and the text of the comparison as flags of train_mlm.
std::vector<std::string> RowMaker::TrainingFlags() const {
  const ModelTask& task = options_.task;
  const MiniBertConfig& config = task.config;
  std::vector<std::string> flags = {absl::StrCat("--layers=", config.layers()),
                                    absl::StrCat("--hidden=", config.hidden()),
                                    absl::StrCat("--heads=", config.heads()),
                                    absl::StrCat("--intermediate=", config.intermediate()),
                                    absl::StrCat("--seq_len=", config.seq_len()),
                                    absl::StrCat("--vocab_size=", config.vocab_size()),
                                    absl::StrCat("--micro_batch=", task.batch),
                                    absl::StrCat("--accumulation=", task.accumulation),
                                    absl::StrCat("--mask_probability=", task.mask_probability),
                                    absl::StrCat("--threads=", task.threads)};
  if (!options_.texts.empty()) {
    flags.push_back(absl::StrCat("--data=", absl::StrJoin(options_.texts, ",")));
  }
  return flags;
}

// The whole process, from reading the text to the last checkpoint.
absl::Status RowMaker::AddMemory(const std::string& name, Comparison* comparison) {
  const bool checkpointed = name == "memory_checkpointing";
  ComparisonRow row = {
      name,
      absl::StrCat("memory of train_mlm on ",
                   options_.texts.empty() ? std::string("the sample")
                                          : absl::StrFormat("%.1f MB", Megabytes(options_.texts)),
                   checkpointed ? ", layers checkpointed" : ""),
      Quantity::kBytes,
      {{.program = "Hairpin"}}};
  for (int i = 0; i < bench_.repetitions(); ++i) {
    bench_.progress().Update("%s: %d of %d", name.c_str(), i + 1, bench_.repetitions());
    const std::string folder = bench_.Path(name);
    std::vector<std::string> command = {
        peers_.train_mlm, absl::StrCat("--out_dir=", folder),
        absl::StrCat("--steps=", kMemorySteps),
        absl::StrCat("--checkpointing=", checkpointed ? "segments" : "none")};
    for (std::string& flag : TrainingFlags()) command.push_back(std::move(flag));
    const absl::StatusOr<ProcessResult> result = RunProcess(command);
    if (!result.ok()) return result.status();
    row.entries[0].values.push_back(static_cast<double>(result->resident_peak_bytes));
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status RowMaker::AddVocabulary(Comparison* comparison) {
  const int size = options_.task.config.vocab_size();
  const auto measured =
      bench_.Run("vocabulary", TextContenders(peers_),
                 VocabularyTask(options_.texts, size, options_.task.threads).dump(),
                 {"seconds", "tokens"});
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {"vocabulary",
                       absl::StrFormat("vocabulary of %d from %.1f MB, %s", size,
                                       Megabytes(options_.texts),
                                       CountThreads(options_.task.threads)),
                       Quantity::kSeconds};
  for (const Measured& one : *measured) row.entries.push_back(one.ToEntry(one.Values("seconds")));
  NoteOthers("vocabulary", "tokens", *measured, comparison);
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// With a vocabulary of the text's own, the same for all.
absl::Status RowMaker::AddTokenizing(Comparison* comparison) {
  nlohmann::ordered_json task =
      VocabularyTask(options_.texts, options_.task.config.vocab_size(), options_.task.threads);
  task["save"] = bench_.Path("vocab.txt");
  const std::string path = bench_.Path("vocabulary.json");
  if (absl::Status s = WriteFileAtomically(path, task.dump()); !s.ok()) return s;
  const absl::StatusOr<ProcessResult> trained = RunProcess({peers_.hairpin, path});
  if (!trained.ok()) return trained.status();
  const auto encode = EncodeTask(options_.texts, task["save"], options_.task.seconds);
  const auto measured = bench_.Run("tokenizing", TextContenders(peers_), encode.dump(),
                                   {"seconds", "bytes", "ids"});
  if (!measured.ok()) return measured.status();
  ComparisonRow row = {"tokenizing", "text to ids, 1 thread", Quantity::kBytesPerSecond};
  for (const Measured& one : *measured) {
    std::vector<double> rates = one.Values("seconds");
    const std::vector<double> bytes = one.Values("bytes");
    for (size_t i = 0; i < rates.size(); ++i) rates[i] = bytes[i] / rates[i];
    row.entries.push_back(one.ToEntry(std::move(rates)));
  }
  NoteOthers("tokenizing", "ids", *measured, comparison);
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

// A run that has its vocabulary and ids, and no checkpoint: from the start of the process to
// the line that tells of the first step.
absl::Status RowMaker::AddStart(Comparison* comparison) {
  const std::string folder = bench_.Path("start");
  std::vector<std::string> command = {peers_.train_mlm, absl::StrCat("--out_dir=", folder),
                                      "--steps=1", "--log_every=1"};
  for (std::string& flag : TrainingFlags()) command.push_back(std::move(flag));
  bench_.progress().Update("start: reading the text");
  if (const auto first = RunProcess(command); !first.ok()) return first.status();
  ComparisonRow row = {
      "start", absl::StrFormat("start with %.1f MB cached, to the end of step 1",
                               Megabytes(options_.texts)),
      Quantity::kSeconds, {{.program = "Hairpin"}}};
  for (int i = 0; i < bench_.repetitions(); ++i) {
    bench_.progress().Update("start: %d of %d", i + 1, bench_.repetitions());
    std::error_code ignored;
    std::filesystem::remove_all(folder + "/checkpoints", ignored);
    const auto result = RunProcess(
        {peers_.train_mlm, "--resume", absl::StrCat("--out_dir=", folder)}, {.watched = "step "});
    if (!result.ok()) return result.status();
    if (!result->seconds_to_watched) {
      return absl::InternalError("start: found no line of a step, expected one of each");
    }
    row.entries[0].values.push_back(*result->seconds_to_watched);
    row.entries[0].resident_bytes.push_back(static_cast<double>(result->resident_peak_bytes));
  }
  comparison->rows.push_back(std::move(row));
  return absl::OkStatus();
}

}  // namespace hairpin
