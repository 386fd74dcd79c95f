// What programs of language models share: their text, their task, and how a model goes on.
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/gpt/gpt.h"
#include "models/lstm_lm/lstm_lm.h"
#include "nn/checkpoint.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"
#include "tools/language/continuation.h"
#include "tools/language/language_data.h"
#include "tools/language/language_task.h"
#include "tools/training/evaluation.h"
#include "tools/training/progress.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

LanguageText Text(const std::string& name, const std::string& contents, int seq_len = 4) {
  LanguageText text;
  text.set_data(WriteTestFile(name, contents));
  text.set_evaluation_share(0.2);
  text.set_tokens("characters");
  text.set_seq_len(seq_len);
  return text;
}

// 16 characters, 17 bytes: a cut at 80 % would go through the ö.
TEST(LanguageData, CutsBetweenCharacters) {
  const auto data = ReadLanguageData(Text("cut.txt", "abcdefghijklöbcd", 1));
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->codec->Decode(data->train), "abcdefghijklö");
  EXPECT_EQ(data->codec->Decode(data->evaluation), "bcd");
}

TEST(LanguageData, SaysWhatIsTooShortOrMissing) {
  EXPECT_THAT(ReadLanguageData(Text("short.txt", "abcdefghij")).status().ToString(),
              HasSubstr("--evaluation_share: found 2 tokens, expected more than the 4 of"));
  EXPECT_THAT(ReadLanguageData(Text("empty.txt", "")).status().ToString(),
              HasSubstr("empty.txt: found an empty file, expected text"));
  LanguageText text = Text("tokens.txt", "abc");
  text.set_tokens("words");
  EXPECT_THAT(CheckText(text).ToString(), HasSubstr("--tokens: found 'words', expected"));
  text.set_tokens("bytes");
  text.set_vocab("vocab.txt");
  EXPECT_THAT(CheckText(text).ToString(),
              HasSubstr("--vocab: found a file, expected none without"));
}

// Notes what it encodes, and asks to stop at part number `stop_at`.
class NotingCodec final : public TextCodec {
 public:
  NotingCodec(std::unique_ptr<TextCodec> codec, std::vector<std::string>* parts, size_t stop_at)
      : codec_(std::move(codec)), parts_(parts), stop_at_(stop_at) {}
  int32_t size() const override { return codec_->size(); }
  void Encode(std::string_view text, std::vector<int32_t>* ids) const override {
    parts_->emplace_back(text);
    if (parts_->size() == stop_at_) SetStopSignal(SIGINT);
    codec_->Encode(text, ids);
  }
  std::string Decode(std::span<const int32_t> ids) const override { return codec_->Decode(ids); }
  absl::Status Save(const std::string& path) const override { return codec_->Save(path); }
  std::string Fingerprint() const override { return codec_->Fingerprint(); }

 private:
  std::unique_ptr<TextCodec> codec_;
  std::vector<std::string>* parts_;
  size_t stop_at_;
};

// They are the ids of the whole, and a signal ends them at the next.
TEST(LanguageData, EncodesALongTextInParts) {
  std::string contents = "fish ";  // so that a MiB ends inside a word
  for (int i = 0; i < 300000; ++i) contents += i % 3 == 0 ? "the catfish\t" : "cats ";
  const LanguageText text = Text("long.txt", contents);
  const auto codec = [] {
    return WordPieceCodec(*Vocabulary::Load(WriteTestFile(
                              "pieces", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncat\n##s\n##fish\n")),
                          /*lowercase=*/true);
  };
  std::vector<std::string> parts;
  const auto data =
      ReadLanguageData(text, std::make_unique<NotingCodec>(codec(), &parts, /*stop_at=*/0));
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(parts.size(), 3);  // two to train on
  std::string together;
  for (const std::string& part : parts) together += part;
  EXPECT_TRUE(together == contents);
  std::vector<int32_t> whole;
  codec()->Encode(contents.substr(0, static_cast<size_t>(0.8 * contents.size())), &whole);
  EXPECT_TRUE(data->train == whole);
  parts.clear();
  const auto stopped =
      ReadLanguageData(text, std::make_unique<NotingCodec>(codec(), &parts, /*stop_at=*/2));
  EXPECT_TRUE(absl::IsCancelled(stopped.status())) << stopped.status();
  EXPECT_EQ(parts.size(), 2);
  EXPECT_TRUE(absl::IsCancelled(ReadLanguageData(text).status()));  // before any
  SetStopSignal(0);
}

// Of the part to train on, and found again with its case.
TEST(LanguageData, MakesAVocabulary) {
  std::string contents;
  for (int i = 0; i < 40; ++i) contents += "The cat sat.\n";
  for (int i = 0; i < 10; ++i) contents += "The dog ran.\n";
  LanguageText text = Text("words.txt", contents, 1);
  text.set_tokens("wordpiece");
  text.set_vocab_size(40);
  text.set_lowercase(false);
  EXPECT_TRUE(CheckText(text).ok());
  const auto data = ReadLanguageData(text);
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->train.size(), 160);  // each word and each point is a token
  EXPECT_EQ(data->codec->Decode({data->train.data(), 4}), "The cat sat .");
  EXPECT_EQ(data->evaluation[0], data->train[0]);
  EXPECT_EQ(data->evaluation[1], 1);  // [UNK]: there was no "g"

  const RunFolder folder(TestPath("words_run"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  ::hairpin::Run saved;
  Progress progress;
  ASSERT_TRUE(SaveCodec(text, *data->codec, folder, progress, &saved).ok());
  hairpin::Run run;
  for (const auto& [name, value] : {std::pair{"tokens", "wordpiece"}, {"lowercase", "false"}}) {
    RunFlag& flag = *run.add_flags();
    flag.set_name(name), flag.set_value(value);
  }
  const auto codec = LoadCodec(folder, run);
  ASSERT_TRUE(codec.ok()) << codec.status();
  std::vector<int32_t> ids;
  (*codec)->Encode("The cat", &ids);
  EXPECT_EQ(ids, std::vector<int32_t>(data->train.begin(), data->train.begin() + 2));
}

TEST(LanguageData, ItsCodecIsFoundAgainInTheRunsFolder) {
  const LanguageText text = Text("codec.txt", "to be or not to be, that is the question");
  const auto data = ReadLanguageData(text);
  ASSERT_TRUE(data.ok());
  const RunFolder folder(TestPath("codec_run"));
  ASSERT_TRUE(folder.MakeFolders().ok());
  ::hairpin::Run saved;
  Progress progress;
  ASSERT_TRUE(SaveCodec(text, *data->codec, folder, progress, &saved).ok());
  hairpin::Run run;
  EXPECT_THAT(LoadCodec(folder, run).status().ToString(), HasSubstr("found a run of train_mlm"));
  RunFlag& flag = *run.add_flags();
  flag.set_name("tokens"), flag.set_value("characters");
  const auto codec = LoadCodec(folder, run);
  ASSERT_TRUE(codec.ok()) << codec.status();
  std::vector<int32_t> ids;
  (*codec)->Encode("question", &ids);
  EXPECT_EQ(data->codec->Decode(ids), "question");

  // Other characters under the same ids, in order, are known by the record.
  run.set_vocabulary_sha256(saved.vocabulary_sha256());
  EXPECT_TRUE(LoadCodec(folder, run).ok());
  const std::string path = folder.path() + "/characters.txt";
  std::string lines = *ReadFile(path);
  lines.replace(lines.rfind("U+0075"), 6, "U+00FC");
  WriteTestFile("codec_run/characters.txt", lines);
  EXPECT_THAT(LoadCodec(folder, run).status().ToString(),
              HasSubstr("characters.txt: found tokens with SHA-256 "));
  // And a file is not written over by another codec before that is known.
  const auto other = ReadLanguageData(Text("other.txt", "whether 'tis nobler in the mind"));
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(SaveCodec(text, *other->codec, folder, progress, &saved).ok());
  EXPECT_EQ(*ReadFile(path), lines);

  // Its own makes the damaged file again and says so, and leaves a good one alone.
  const auto said = [&] {
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(SaveCodec(text, *data->codec, folder, progress, &saved).ok());
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(said(), HasSubstr("characters.txt: found contents with SHA-256 "));
  EXPECT_EQ(HashFile(path)->sha256, saved.vocabulary_sha256());
  const auto written = std::filesystem::last_write_time(path);
  EXPECT_EQ(said(), "");
  EXPECT_EQ(std::filesystem::last_write_time(path), written);
  std::filesystem::remove(path);
  EXPECT_THAT(said(), HasSubstr("characters.txt: cannot open: No such file"));
  EXPECT_EQ(HashFile(path)->sha256, saved.vocabulary_sha256());
}

GptConfig SmallGpt(int32_t vocab_size) {
  GptConfig config = GptPreset();
  config.set_layers(2), config.set_hidden(16), config.set_heads(2), config.set_intermediate(32);
  config.set_seq_len(8), config.set_vocab_size(vocab_size);
  return config;
}

TEST(LanguageTask, EveryTokenCountsAndAnUntaughtModelGuesses) {
  std::string contents;
  for (int i = 0; i < 200; ++i) contents += static_cast<char>('a' + i * i % 16);
  const auto data = ReadLanguageData(Text("task.txt", contents, 8));
  ASSERT_TRUE(data.ok()) << data.status();
  const int32_t V = data->codec->size();
  LanguageTask<Gpt> task({.seed = 1}, SmallGpt(V), {.data = *data, .seq_len = 8, .micro_batch = 3});
  ASSERT_TRUE(task.Load(5, 0).ok());
  EXPECT_EQ(task.size(0).count, 24);
  EXPECT_EQ(task.size(0).inputs, 24);
  const auto loss = [&] {
    Recording recording;
    return task.Record(recording, 0).loss.value().data<float>()[0];
  };
  const float first = loss();
  EXPECT_NEAR(first / 24, std::log(V), 0.5);
  ASSERT_TRUE(task.Load(8, 0).ok());
  EXPECT_NE(loss(), first);
  ASSERT_TRUE(task.Load(5, 0).ok());
  EXPECT_EQ(loss(), first);  // by the samples' numbers
  // 40 tokens for evaluation are 39 to be told, in windows of 8.
  Recording recording;
  const auto score = Evaluate(task, recording);
  ASSERT_TRUE(score.ok());
  EXPECT_EQ(score->count, 8 * task.evaluation_records());
  EXPECT_EQ(task.evaluation_records(), 4);
}

template <class Model, class Config>
std::string Saved(const std::string& name, Model& model, const Config& config) {
  nn::CheckpointMetadata metadata;
  nn::PackConfig(config, &metadata);
  const std::string path = TestPath(name);
  EXPECT_TRUE(nn::WriteCheckpoint(path, metadata, nn::ParameterState(model)).ok());
  return path;
}

// What is fed token by token gives the logits of the whole.
template <class Model>
void CheckContinuation(Model& model, const std::string& path) {
  const std::vector<int32_t> ids = {3, 1, 4, 1, 5, 9, 2};
  Recording recording({.train = false, .gradients = false});
  const Variable row = recording.Constant(Tensor::FromValues<int32_t>(Shape({1, 7}), ids));
  const Tensor logits = model.Forward(row).value();
  const auto whole = LoadContinuation(path), pieces = LoadContinuation(path);
  ASSERT_TRUE(whole.ok() && pieces.ok()) << whole.status();
  EXPECT_EQ((*whole)->vocab_size(), 10);
  const absl::Span<const float> at_once = (*whole)->Feed(ids);
  absl::Span<const float> one_by_one;
  for (const int32_t id : ids) one_by_one = (*pieces)->Feed({id});
  for (int v = 0; v < 10; ++v) {
    EXPECT_EQ(at_once[v], logits.data<float>()[6 * 10 + v]);
    EXPECT_NEAR(one_by_one[v], at_once[v], 1e-5);
  }
}

TEST(Continuation, OfAGptIsItsForward) {
  Gpt model({.seed = 1}, SmallGpt(10));
  CheckContinuation(model, Saved("gpt", model, model.config()));
}

TEST(Continuation, OfALstmIsItsForward) {
  LstmLmConfig config = LstmLmPreset();
  config.set_layers(2), config.set_hidden(12), config.set_embedding(6), config.set_vocab_size(10);
  LstmLm model({.seed = 1}, config);
  CheckContinuation(model, Saved("lstm", model, config));
}

// Of twelve tokens the model sees eight: when they are full, the newer four and what follows.
TEST(Continuation, OfAFullGptGoesOnFromTheNewerHalf) {
  Gpt model({.seed = 1}, SmallGpt(10));
  const std::string path = Saved("full", model, model.config());
  const auto full = LoadContinuation(path), fresh = LoadContinuation(path);
  ASSERT_TRUE(full.ok() && fresh.ok());
  (*full)->Feed({1, 2, 3, 4, 5, 6, 7, 8});
  const absl::Span<const float> after = (*full)->Feed({9});
  const absl::Span<const float> expected = (*fresh)->Feed({6, 7, 8, 9});
  for (int v = 0; v < 10; ++v) EXPECT_EQ(after[v], expected[v]);
}

TEST(Continuation, OfOtherConfigsIsAnError) {
  nn::CheckpointMetadata metadata;
  metadata.set_config_type("hairpin.VaeConfig");
  ASSERT_TRUE(nn::WriteCheckpoint(TestPath("vae"), metadata, {}).ok());
  EXPECT_THAT(LoadContinuation(TestPath("vae")).status().ToString(),
              HasSubstr("config is a 'hairpin.VaeConfig', expected"));
}

}  // namespace
}  // namespace hairpin
