// Trains vectors for sentences: `bazel run //tools:train_embedding -- --help`.
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/program/training_program.h"
#include "tools/sentences/embedding_task.h"
#include "tools/sentences/encoder_source.h"
#include "tools/sentences/pair_data.h"
#include "tools/train_embedding.pb.h"
#include "tools/training/stop.h"
#include "tools/training/training_flags.h"

namespace hairpin {
namespace {

constexpr char kUsage[] =
    "Trains a Mini-BERT's encoder to give paragraphs that follow each other vectors that lie\n"
    "close, from a text of one paragraph a line. Example:\n"
    "  train_embedding --data=novels.txt --pretrained=runs/novels --out_dir=runs/paragraphs\n"
    "  nearest --run=runs/paragraphs 'a storm at sea'\n";

constexpr FlagSpec kOwn[] = {
    {"Text", "data", "[required]",
     "UTF-8 text files, separated by commas (\\, is one of a name), one paragraph a line"},
    {"Text", "eval_data", "[every 50th pair of --data]", "such files to evaluate on"},
    {"Text", "min_words", "8", "tokens that a paragraph has at least", 1, 1048576},
    {"Model", "temperature", "0.05", "what cosines are divided by in the loss", 1e-3, 1e3},
    {"Training", "steps", "1500", "optimizer steps", 1, 1e12},
    {"Training", "micro_batch", "32", "pairs computed at once, each told from the others", 2,
     32768},
    {"Training", "lr", "5e-4", "highest learning rate, a step", 0, 1e6},
    {"Output", "eval_every", "200", "steps between evaluations; 0 = at the end only", 0, 1e12},
};

const std::vector<FlagSpec>& Flags() {
  static const std::vector<FlagSpec> flags = WithTrainingFlags(WithEncoderFlags(kOwn));
  return flags;
}

absl::Status Resolve(google::protobuf::Message* message) {
  auto& settings = static_cast<TrainEmbeddingSettings&>(*message);
  if (settings.data().empty()) {
    return absl::InvalidArgumentError("--data: found none, expected text files");
  }
  if (absl::Status s = ResolveEncoder(settings.mutable_encoder()); !s.ok()) return s;
  if (absl::Status s = ResolveTraining(Flags(), message); !s.ok()) return s;
  const int32_t most = settings.encoder().seq_len() - 2;
  if (settings.min_words() <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--min_words: found ", settings.min_words(),
                                                 ", expected at most the ", most, " of --seq_len"));
}

class Program final : public TrainingProgram {
 public:
  const SettingsRules& rules() const override { return rules_; }
  TrainEmbeddingSettings& settings() override { return settings_; }
  const char* size_flags() const override { return "--hidden, --layers, --seq_len, --micro_batch"; }

  absl::Status Open(const RunFolder& folder) override {
    data_ = SplitPaths(settings_.data());
    absl::StatusOr<EncoderSource> source =
        OpenEncoder(settings_.encoder(), folder, [&](const VocabularyTrainerOptions& options) {
          return TrainVocabulary({.paths = data_}, options);
        });
    if (!source.ok()) return source.status();
    source_.emplace(*std::move(source));
    *config_.mutable_encoder() = source_->config;
    config_.set_temperature(settings_.temperature());
    absl::StatusOr<PairData> pairs =
        ReadPairData(data_, SplitPaths(settings_.eval_data()), *source_->vocabulary,
                     {.tokens = source_->config.seq_len(),
                      .lowercase = settings_.encoder().lowercase(),
                      .min_words = settings_.min_words(),
                      .stop = StopAsked});
    if (!pairs.ok()) return pairs.status();
    pairs_.emplace(*std::move(pairs));
    return absl::OkStatus();
  }

  std::vector<std::string> DataFiles() const override {
    std::vector<std::string> files = SplitPaths(settings_.data());
    const std::vector<std::string> evaluation = SplitPaths(settings_.eval_data());
    files.insert(files.end(), evaluation.begin(), evaluation.end());
    return files;
  }

  absl::Status Prepare(const RunFolder& folder, Progress&, hairpin::Run* run) override {
    return KeepEncoderSource(*source_, folder, run);
  }

  std::unique_ptr<TrainingTask> MakeTask(const nn::ModuleContext& context) override {
    const TrainingSettings& training = settings_.training();
    return std::make_unique<EmbeddingTask>(
        context, config_,
        EmbeddingTaskOptions{.train = {*pairs_->data, pairs_->split.train},
                             .evaluation = {pairs_->evaluation(), pairs_->split.evaluation},
                             .micro_batch = training.micro_batch(),
                             .seed = static_cast<uint64_t>(training.seed())});
  }

  absl::Status Initialize(TrainingTask& task) override {
    auto& embedding = static_cast<EmbeddingTask&>(task);
    if (absl::Status s = LoadEncoder(*source_, &embedding.model().encoder()); !s.ok()) return s;
    const absl::StatusOr<double> recall = embedding.RecallOfWordVectors();
    if (!recall.ok()) return recall.status();
    word_vectors_ = *recall;
    return absl::OkStatus();
  }

  std::string About() const override {
    std::string about =
        absl::StrFormat("%d and %d pairs", pairs_->split.train.size(),
                        pairs_->split.evaluation.size());
    if (!std::isnan(word_vectors_)) {
      absl::StrAppendFormat(&about, "; recall at 10 of mean word vectors %.3f", word_vectors_);
    }
    return about;
  }

  absl::Status Finish(TrainingTask& task, Trainer& trainer, const RunFolder& folder) override {
    const absl::StatusOr<double> recall = static_cast<EmbeddingTask&>(task).Recall();
    if (!recall.ok()) return recall.status();
    std::printf("recall at 10 %.3f", *recall);
    if (!std::isnan(word_vectors_)) std::printf(", of mean word vectors %.3f", word_vectors_);
    std::printf("; to search: nearest --run=%s\n", folder.path().c_str());
    return TrainingProgram::Finish(task, trainer, folder);
  }

 private:
  const SettingsRules rules_ = {.program = "train_embedding",
                                .flags = Flags(),
                                .paths = {"data", "eval_data", "pretrained", "vocab", "trace"},
                                .lists = {"data", "eval_data"},
                                .resolve = Resolve};
  TrainEmbeddingSettings settings_;
  std::vector<std::string> data_;
  std::optional<EncoderSource> source_;
  std::optional<PairData> pairs_;
  SentenceEmbeddingConfig config_;
  double word_vectors_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::Program program;
  return hairpin::RunTraining(program, hairpin::kUsage, argc, argv);
}
