#include <cmath>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_util.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"
#include "tools/sentences/class_guess.h"
#include "tools/sentences/classification_report.h"
#include "tools/sentences/classifier_task.h"
#include "tools/sentences/labelled_data.h"
#include "tools/sentences/recall.h"
#include "tools/sentences/sentence_index.h"
#include "tools/training/evaluation.h"
#include "tools/training/stop.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ClassGuessTest, BySoftmaxTheFirstOfEquals) {
  const Tensor logits = Tensor::FromValues<float>({2, 3}, {9, 9, 9, 1, 2, 1});
  const std::vector<ClassGuess> guesses = LikeliestClasses(logits, 1, 2);
  ASSERT_EQ(guesses.size(), 2);
  EXPECT_EQ(guesses[0].label, 1);
  EXPECT_NEAR(guesses[0].probability, std::exp(1.0) / (std::exp(1.0) + 2), 1e-12);
  EXPECT_EQ(guesses[1].label, 0);
  EXPECT_EQ(LikeliestClasses(logits, 0, 9).size(), 3);
}

// Sample by sample: what a label counts, in training alone.
TEST(ClassifierTaskTest, ClassWeightsAreFactorsOfTheLoss) {
  const Vocabulary vocabulary = TestVocabulary({"a", "b"});
  LabelledData data;
  data.lines.labels = {"x", "y"};
  data.lines.classes = {0, 1, 0, 0, 1};
  data.train = {0, 1, 2, 3};
  data.evaluation = {4};
  TokenRows rows(vocabulary, {.tokens = 4});
  for (const char* const text : {"a", "b", "a b", "b b", "a a"}) rows.Add(text);
  TextClassifierConfig config;
  MiniBertConfig& encoder = *config.mutable_encoder();
  encoder.set_layers(1);
  encoder.set_hidden(4);
  encoder.set_heads(1);
  encoder.set_intermediate(4);
  encoder.set_seq_len(4);
  encoder.set_vocab_size(vocabulary.size());
  for (const std::string& label : data.lines.labels) config.add_labels(label);
  ClassifierTask plain({.seed = 1}, config, {.data = data, .rows = rows});
  ClassifierTask weighted({.seed = 1}, config,
                          {.data = data, .rows = rows, .class_weights = {0.5f, 2.0f}});
  const auto loss = [&](ClassifierTask& task, int64_t sample) {
    Recording recording;
    EXPECT_TRUE(task.Load(sample, 0).ok());
    return task.Record(recording, 0).loss.value().item();
  };
  std::multiset<double> factors;
  for (int64_t sample = 0; sample < 4; ++sample) {
    const double factor = loss(weighted, sample) / loss(plain, sample);
    factors.insert(std::round(factor * 1e4) / 1e4);
  }
  EXPECT_THAT(factors, ElementsAre(0.5, 0.5, 0.5, 2));
  Recording recording;
  EXPECT_EQ(Evaluate(weighted, recording)->loss(), Evaluate(plain, recording)->loss());
}

TEST(LabelledDataTest, EqualTextsShareAPart) {
  std::string file;
  for (int i = 0; i < 60; ++i) file += std::string(i % 2 == 0 ? "a" : "b") + "\ttext " +
                                       std::to_string(i / 3) + "\n";
  const auto data = ReadLabelledData({.data = WriteTestFile("lines", file)});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.size() + data->evaluation.size(), 60);
  EXPECT_EQ(data->train.size() % 3, 0);
  EXPECT_GT(data->evaluation.size(), 0);
  EXPECT_EQ(data->TrainTexts().size(), data->train.size());
}

TEST(LabelledDataTest, AFileForEvaluation) {
  const std::string lines = WriteTestFile("lines", "b\tx\nb\ty\na\tz\nc\tz\n");
  const auto data =
      ReadLabelledData({.data = lines, .eval_data = WriteTestFile("more", "c\tu\nb\tv\n")});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->train, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(data->evaluation, ElementsAre(4, 5));
  EXPECT_THAT(data->lines.classes, ElementsAre(1, 1, 0, 2, 2, 1));
  EXPECT_DOUBLE_EQ(data->MajorityAccuracy(), 0.5);
  const auto error = [&](const char* more) {
    return ReadLabelledData({.data = lines, .eval_data = WriteTestFile("more", more)})
        .status()
        .ToString();
  };
  EXPECT_THAT(error("a\tx\nd\ty\n"), HasSubstr("more: found the label 'd', expected one of the 3"));
  EXPECT_THAT(error("a x\n"), HasSubstr("--eval_data: "));
}

TEST(LabelledDataTest, ASignalStopsReading) {
  const std::string lines = WriteTestFile("lines", "b\tx\na\tz\n");
  SetStopSignal(SIGINT);
  EXPECT_TRUE(absl::IsCancelled(ReadLabelledData({.data = lines}).status()));
  SetStopSignal(0);
}

TEST(ClassificationReportTest, SaysWhatAPersonAsks) {
  const LabelledData data = {.lines = {.labels = {"cat", "dog"},
                                       .texts = {"meow", "woof", "purr"},
                                       .classes = {0, 1, 0}},
                             .train = {},
                             .evaluation = {0, 1, 2}};
  const std::vector<ClassGuess> guesses = {{0, 0.9}, {0, 0.75}, {0, 0.6}};
  ConfusionMatrix matrix(2);
  matrix.Add(0, 0);
  matrix.Add(1, 0);
  matrix.Add(0, 0);
  const std::string report = ClassificationReport(data, guesses, matrix);
  EXPECT_THAT(report, HasSubstr("1 of dog taken for cat\n"
                                "surest, right:\n  0.900 cat: meow\n  0.600 cat: purr\n"
                                "surest, wrong:\n  0.750 cat, it is dog: woof\n"));
  EXPECT_EQ(Shortened("\xC3\xA4\xC3\xB6", 3), "\xC3\xA4...");
}

TEST(RecallTest, OwnRowAmongTheLargest) {
  const Tensor queries = Tensor::FromValues<float>({3, 2}, {1, 0, 0, 1, 0.6f, 0.8f});
  const Tensor candidates = Tensor::FromValues<float>({3, 2}, {0.6f, 0.8f, 0, 1, 1, 0});
  EXPECT_NEAR(*RecallAt(1, queries, candidates), 1.0 / 3, 1e-12);  // the second
  EXPECT_NEAR(*RecallAt(2, queries, candidates), 2.0 / 3, 1e-12);  // and the first
  EXPECT_EQ(*RecallAt(3, queries, candidates), 1);
}

TEST(RecallTest, AsksAtEach256RowsWhetherToStop) {
  const Tensor rows = Tensor::Zeros({DType::kFloat32, Shape({513, 1})});
  EXPECT_EQ(TimesAsked([&](const StopQuestion& stop) {
              return RecallAt(1, rows, rows, stop).status();
            }),
            3);
}

TEST(SentenceIndexTest, ATextIsClosestToItself) {
  const absl::StatusOr<Vocabulary> vocabulary = Vocabulary::FromTokens(
      {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"}, "letters");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  SentenceEmbeddingConfig config;
  MiniBertConfig& encoder = *config.mutable_encoder();
  encoder.set_layers(1);
  encoder.set_hidden(8);
  encoder.set_heads(2);
  encoder.set_intermediate(16);
  encoder.set_seq_len(6);
  encoder.set_vocab_size(vocabulary->size());
  config.set_temperature(1);
  SentenceEmbedding model({.seed = 1}, config);
  SentenceIndex index(model, *vocabulary, /*lowercase=*/true);
  index.Add({"a b c", "c"});
  index.Add({"b b", "a b c", "c b a"});
  EXPECT_EQ(index.size(), 5);
  const std::vector<Neighbour> near = index.Nearest("A b C", 3);
  ASSERT_EQ(near.size(), 3);
  EXPECT_EQ(near[0].text, 0);  // of equal ones the first
  EXPECT_EQ(near[1].text, 3);
  EXPECT_NEAR(near[0].cosine, 1, 1e-6);
  EXPECT_EQ(near[0].cosine, near[1].cosine);
  EXPECT_LT(near[2].cosine, 1);
}

}  // namespace
}  // namespace hairpin
