#include "models/text_classifier/text_classifier.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/module_gradcheck.h"

namespace hairpin {
namespace {

TextClassifierConfig Tiny() {
  TextClassifierConfig config;
  MiniBertConfig& encoder = *config.mutable_encoder();
  encoder.set_layers(2);
  encoder.set_hidden(8);
  encoder.set_heads(2);
  encoder.set_intermediate(12);
  encoder.set_seq_len(6);
  encoder.set_vocab_size(11);
  for (const char* label : {"cat", "dog", "elk"}) config.add_labels(label);
  return config;
}

struct Inputs {
  Tensor ids = Tensor::FromValues<int32_t>({2, 5}, {2, 7, 5, 9, 3, 2, 6, 3, 0, 0});
  Tensor visible = Tensor::FromValues<int32_t>({2, 5}, {1, 1, 1, 1, 1, 1, 1, 1, 0, 0});
  Tensor classes = Tensor::FromValues<int32_t>({2}, {2, 0});
};

TEST(TextClassifierTest, TheEncoderKeepsItsNames) {
  TextClassifier model({}, Tiny());
  MiniBertEncoder encoder({}, Tiny().encoder());
  std::vector<std::string> names, expected;
  encoder.VisitParameters(
      [&](const nn::ParameterVisit& visit) { expected.push_back("encoder." + visit.name()); });
  expected.insert(expected.end(), {"classes.weight", "classes.bias"});
  model.VisitParameters([&](const nn::ParameterVisit& visit) { names.push_back(visit.name()); });
  EXPECT_EQ(names, expected);
}

TEST(TextClassifierTest, PaddingChangesNoBit) {
  TextClassifier model({.seed = 1}, Tiny());
  Recording recording({.train = false, .gradients = false});
  const auto logits = [&](const Shape& shape, const std::vector<int32_t>& ids,
                          const std::vector<int32_t>& visible) {
    return model
        .Forward(recording.Constant(Tensor::FromValues<int32_t>(shape, ids)),
                 recording.Constant(Tensor::FromValues<int32_t>(shape, visible)))
        .value()
        .ToDoubles();
  };
  EXPECT_EQ(logits({1, 3}, {2, 7, 3}, {1, 1, 1}), logits({1, 5}, {2, 7, 3, 9, 0}, {1, 1, 1, 0, 0}));
}

TEST(TextClassifierTest, Gradients) {
  TextClassifierConfig config = Tiny();
  config.mutable_encoder()->set_dropout(0.125);
  config.set_dropout(0.25);
  TextClassifier model({.dtype = DType::kFloat64, .seed = 3}, config);
  const Inputs inputs;
  const GradcheckResult result = nn::GradcheckModule(
      model,
      [&](Recording& recording) {
        return TextClassLoss(model.Forward(recording.Constant(inputs.ids),
                                           recording.Constant(inputs.visible)),
                             recording.Constant(inputs.classes))
            .loss;
      },
      {.step = 1e-4, .recording = {}});
  EXPECT_TRUE(result.ok) << result.message;
}

TEST(TextClassifierTest, InitialLossIsThatOfGuessing) {
  TextClassifier model({.seed = 1}, Tiny());
  Recording recording({.train = false});
  const Inputs inputs;
  const CrossEntropyResult result = TextClassLoss(
      model.Forward(recording.Constant(inputs.ids), recording.Constant(inputs.visible)),
      recording.Constant(inputs.classes));
  EXPECT_NEAR(result.loss.value().item() / 2, std::log(3.0), 0.1);
}

TEST(TextClassifierTest, BadConfigsAreNamed) {
  using ::testing::HasSubstr;
  TextClassifierConfig config = Tiny();
  EXPECT_EQ(ValidateConfig(config), absl::OkStatus());
  config.set_dropout(1);
  EXPECT_THAT(ValidateConfig(config).ToString(), HasSubstr("dropout: found 1"));
  config.mutable_labels()->Clear();
  EXPECT_THAT(ValidateConfig(config).ToString(), HasSubstr("labels: found 0, expected 2"));
  config.mutable_encoder()->set_heads(3);
  EXPECT_THAT(ValidateConfig(config).ToString(), HasSubstr("hidden: found 8"));
}

}  // namespace
}  // namespace hairpin
