// GPT with the weights of a tiny GPT-2 of transformers: hidden states, logits, loss and gradients
// of all weights, as transformers computed them in float64.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/gpt/gpt.h"
#include "nlohmann/json.hpp"
#include "tests/golden/golden.h"

namespace hairpin::golden {
namespace {

GptConfig ConfigFrom(const nlohmann::json& json) {
  GptConfig config;
  config.set_layers(json["n_layer"]);
  config.set_hidden(json["n_embd"]);
  config.set_heads(json["n_head"]);
  config.set_intermediate(4 * json["n_embd"].get<int>());
  config.set_seq_len(json["n_positions"]);
  config.set_vocab_size(json["vocab_size"]);
  config.set_bias(true);
  config.set_gelu_tanh(true);
  return config;
}

// A tensor of GPT-2 [in, out] as columns [first, first + n) turned to [n, in]; a bias as its part.
Tensor Turned(const Tensor& from, int64_t first, int64_t n) {
  const int64_t rank = from.shape().rank(), out = from.shape()[-1];
  const int64_t in = rank == 1 ? 1 : from.shape()[0];
  Tensor to = Tensor::Empty({DType::kFloat64, rank == 1 ? Shape({n}) : Shape({n, in})});
  for (int64_t i = 0; i < in; ++i) {
    for (int64_t o = 0; o < n; ++o) {
      to.raw<double>()[o * in + i] = from.data<double>()[i * out + first + o];
    }
  }
  return to;
}

// Our parameter's numbers, or its gradient's, by GPT-2's names: `tensor` finds one of those.
template <class Find>
Tensor FromGpt2(const std::string& name, int64_t C, const Find& tensor) {
  const std::map<std::string, std::string> whole = {{"token.weight", "transformer.wte.weight"},
                                                    {"position.weight", "transformer.wpe.weight"},
                                                    {"norm.weight", "transformer.ln_f.weight"},
                                                    {"norm.bias", "transformer.ln_f.bias"}};
  if (const auto found = whole.find(name); found != whole.end()) return tensor(found->second);
  // layer.N.PART.weight or .bias
  const size_t layer_end = name.find('.', 6), kind_begin = name.rfind('.');
  const std::string prefix = "transformer.h." + name.substr(6, layer_end - 6) + ".";
  const std::string part = name.substr(layer_end + 1, kind_begin - layer_end - 1);
  const std::string kind = name.substr(kind_begin);
  if (part == "attention_norm") return tensor(prefix + "ln_1" + kind);
  if (part == "feed_forward_norm") return tensor(prefix + "ln_2" + kind);
  if (part == "attention.query") return Turned(tensor(prefix + "attn.c_attn" + kind), 0, C);
  if (part == "attention.key") return Turned(tensor(prefix + "attn.c_attn" + kind), C, C);
  if (part == "attention.value") return Turned(tensor(prefix + "attn.c_attn" + kind), 2 * C, C);
  if (part == "attention.output") return Turned(tensor(prefix + "attn.c_proj" + kind), 0, C);
  if (part == "feed_forward.in") return Turned(tensor(prefix + "mlp.c_fc" + kind), 0, 4 * C);
  if (part == "feed_forward.out") return Turned(tensor(prefix + "mlp.c_proj" + kind), 0, C);
  ADD_FAILURE() << "no tensor of GPT-2 for " << name;
  return {};
}

// Labels of positions 1 .. T - 1 are what positions 0 .. T - 2 predict.
Tensor NextOf(const Tensor& labels) {
  const int64_t T = labels.shape()[1];
  Tensor next = labels.Clone();
  for (int64_t i = 0; i < labels.num_elements(); ++i) {
    next.raw<int32_t>()[i] = i % T == T - 1 ? -100 : labels.data<int32_t>()[i + 1];
  }
  return next;
}

class GptGoldenTest : public ::testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Dtypes, GptGoldenTest,
                         ::testing::Values(DType::kFloat64, DType::kFloat32));

TEST_P(GptGoldenTest, IsGpt2) {
  const bool is64 = GetParam() == DType::kFloat64;
  const Golden expected = Golden::Open("hf_gpt2/expected").value();
  const Safetensors weights =
      Safetensors::Read(GoldenPath("hf_gpt2/model.safetensors").value()).value();
  const GptConfig config =
      ConfigFrom(nlohmann::json::parse(ReadGoldenFile("hf_gpt2/config.json").value()));
  Gpt model({.dtype = GetParam()}, config);
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    const Tensor value = FromGpt2(visit.name(), config.hidden(), [&](const std::string& name) {
      return ToTensor(*weights.Find(name)).Cast(DType::kFloat64);
    });
    visit.parameter.value().CopyFrom(value.Cast(GetParam()));
  });

  Recording recording({.train = false});
  Variable hidden = model.Hidden(recording.Constant(expected.Get("input_ids")),
                                 recording.Constant(expected.Get("attention_mask")));
  const double tolerance = is64 ? 1e-9 : 1e-5;
  EXPECT_LE(RelativeDifference(hidden.value(), expected.Get("last_hidden_state")), tolerance);
  Variable logits = model.Logits(std::move(hidden));
  EXPECT_LE(RelativeDifference(logits.value(), expected.Get("logits")), tolerance);
  const CrossEntropyResult result = NextTokenLoss(
      std::move(logits), recording.Constant(NextOf(expected.Get("labels"))));
  // transformers takes the loss from logits rounded to float32.
  EXPECT_LE(RelativeDifference(result.loss.value(), expected.Get("loss")), 1e-6);
  recording.Backward(result.loss);

  std::vector<std::pair<std::string, double>> differences;
  double largest = 0;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    const Tensor gradient = FromGpt2(visit.name(), config.hidden(), [&](const std::string& name) {
      return expected.Get("grad." + name);
    });
    for (const double g : gradient.ToDoubles()) largest = std::max(largest, std::abs(g));
    differences.emplace_back(visit.name(),
                             AbsoluteDifference(visit.parameter.gradient(), gradient));
  });
  for (const auto& [name, difference] : differences) {
    EXPECT_LE(difference, (is64 ? 5e-7 : 1e-5) * largest) << name;
  }
}

}  // namespace
}  // namespace hairpin::golden
