// The models of Hugging Face: what is stored of each is there, fits together and is finite. This
// checks the values alone; gpt_golden_test.cc compares GPT-2 with ours.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/golden/golden.h"

namespace hairpin::golden {
namespace {

using nlohmann::json;

constexpr std::string_view kGradient = "grad.";
constexpr int32_t kIgnored = -100;

class HuggingFaceTest : public ::testing::TestWithParam<std::string> {
 protected:
  const std::string folder_ = GetParam() + "/";
  const Golden expected_ = Golden::Open(folder_ + "expected").value();
  const json config_ = json::parse(ReadGoldenFile(folder_ + "config.json").value());
  const Safetensors weights_ =
      Safetensors::Read(GoldenPath(folder_ + "model.safetensors").value()).value();

  const bool classifies_ = expected_.manifest()["model"] == "BertForSequenceClassification";
  const bool predicts_next_ = expected_.manifest()["model"] == "GPT2LMHeadModel";
};

void ExpectFinite(const std::string& name, const Tensor& tensor) {
  for (const double x : tensor.ToDoubles()) ASSERT_TRUE(std::isfinite(x)) << name;
}

TEST_P(HuggingFaceTest, HoldsTheTensorsOfTheManifestAndNoOther) {
  const json& shapes = expected_.manifest()["shapes"];
  EXPECT_EQ(expected_.tensors().tensors().size(), shapes.size());
  for (const auto& [name, shape] : shapes.items()) {
    const RawTensor* raw = expected_.tensors().Find(name);
    ASSERT_NE(raw, nullptr) << name;
    EXPECT_EQ(raw->shape, shape.get<std::vector<int64_t>>()) << name;
    const bool whole = name == "labels" || name == "input_ids" ||
                       name == "attention_mask" || name == "token_type_ids";
    const bool rounded = name == "loss" && predicts_next_;
    EXPECT_EQ(raw->dtype, whole ? "I32" : rounded ? "F32" : "F64") << name;
    ExpectFinite(name, ToTensor(*raw));
  }
}

// Tied weights stand in the file once, under one name, which has the gradient of all its uses.
TEST_P(HuggingFaceTest, EveryWeightHasItsGradient) {
  std::set<std::string> with_gradient;
  for (const auto& [name, raw] : expected_.tensors().tensors()) {
    if (name.starts_with(kGradient)) with_gradient.insert(name.substr(kGradient.size()));
  }
  std::set<std::string> names;
  for (const auto& [name, raw] : weights_.tensors()) {
    names.insert(name);
    EXPECT_EQ(raw.dtype, "F32") << name;
    ExpectFinite(name, ToTensor(raw));
    const RawTensor* gradient = expected_.tensors().Find(std::string(kGradient) + name);
    if (gradient != nullptr) {
      EXPECT_EQ(gradient->shape, raw.shape) << name;
    }
  }
  EXPECT_EQ(names, with_gradient);
  EXPECT_FALSE(names.empty());
}

TEST_P(HuggingFaceTest, ShapesAndIdsAreThoseOfTheConfig) {
  EXPECT_EQ(config_["architectures"][0], expected_.manifest()["model"]);
  const Tensor ids = expected_.Get("input_ids"), mask = expected_.Get("attention_mask");
  const int64_t batch = ids.shape()[0], tokens = ids.shape()[1];
  const int64_t hidden = config_[predicts_next_ ? "n_embd" : "hidden_size"];
  const int64_t vocab = config_["vocab_size"];
  EXPECT_LE(tokens, config_[predicts_next_ ? "n_positions" : "max_position_embeddings"]);
  EXPECT_EQ(mask.shape(), ids.shape());
  EXPECT_EQ(expected_.Get("last_hidden_state").shape(), Shape({batch, tokens, hidden}));
  const Tensor labels = expected_.Get("labels");
  const int64_t classes = classifies_ ? config_["id2label"].size() : vocab;
  if (classifies_) {
    EXPECT_EQ(labels.shape(), Shape({batch}));
    EXPECT_EQ(expected_.Get("logits").shape(), Shape({batch, classes}));
  } else {
    EXPECT_EQ(labels.shape(), ids.shape());
    EXPECT_EQ(expected_.Get("logits").shape(), Shape({batch, tokens, classes}));
  }
  for (const int32_t id : ids.values<int32_t>()) EXPECT_TRUE(0 <= id && id < vocab) << id;
  for (const int32_t label : labels.values<int32_t>()) {
    EXPECT_TRUE(label == kIgnored || (0 <= label && label < classes)) << label;
  }
  // Padding is on the right, of sequence 1 alone.
  for (int64_t i = 0; i < ids.num_elements(); ++i) {
    const bool padding = i / tokens == 1 && i % tokens >= tokens - 4;
    EXPECT_EQ(mask.values<int32_t>()[i], padding ? 0 : 1) << i;
    if (padding && !classifies_) {
      EXPECT_EQ(labels.values<int32_t>()[i], kIgnored) << i;
    }
  }
}

// loss = mean over counted rows of log sum_j exp(z_j) - z_label; GPT-2's row t is asked for
// label t + 1, and transformers rounds its logits to float32 for the loss.
TEST_P(HuggingFaceTest, LossIsThatOfLogitsAndLabels) {
  const Tensor logits = expected_.Get("logits"), labels = expected_.Get("labels");
  const int64_t classes = logits.shape()[logits.shape().rank() - 1];
  const int64_t rows = logits.num_elements() / classes;
  const int64_t tokens = expected_.Get("input_ids").shape()[1];
  double sum = 0;
  int counted = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (predicts_next_ && row % tokens == tokens - 1) continue;
    const int32_t label = labels.values<int32_t>()[row + (predicts_next_ ? 1 : 0)];
    if (label == kIgnored) continue;
    const double* z = logits.data<double>() + row * classes;
    const double largest = *std::max_element(z, z + classes);
    double total = 0;
    for (int64_t j = 0; j < classes; ++j) total += std::exp(z[j] - largest);
    sum += largest + std::log(total) - z[label];
    ++counted;
  }
  ASSERT_GT(counted, 0);
  const double loss = expected_.Get("loss").item();
  EXPECT_NEAR(sum / counted, loss, (predicts_next_ ? 1e-6 : 1e-12) * (1 + loss));
  EXPECT_EQ(loss, expected_.manifest()["loss"].get<double>());
}

INSTANTIATE_TEST_SUITE_P(Models, HuggingFaceTest,
                         ::testing::Values("hf_bert", "hf_bert_classifier", "hf_gpt2"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace hairpin::golden
