// Mini-BERT at a tiny size, with padding: every number of one forward and backward, and a training
// with accumulation and clipping, as PyTorch computed them in float64.
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/mini_bert/mini_bert.h"
#include "optim/adamw.h"
#include "tests/golden/differences.h"
#include "tests/golden/golden.h"
#include "tests/golden/mini_bert_training.h"

namespace hairpin::golden {
namespace {

// |a - b| <= tolerance (1 + |b|), see README.md.
struct Tolerances {
  double pass, trained_loss, trained_parameters;
};

class BertGoldenTest : public ::testing::TestWithParam<DType> {
 protected:
  BertGoldenTest()
      : golden_(Golden::Open("bert").value()),
        model_({.dtype = GetParam()}, ConfigFrom(golden_.manifest()["config"])),
        tolerances_(GetParam() == DType::kFloat64 ? Tolerances{1e-10, 1e-8, 1e-8}
                                                  : Tolerances{5e-6, 5e-6, 2e-4}),
        differences_(GetParam() == DType::kFloat64 ? "float64" : "float32") {
    model_.VisitParameters([&](const nn::ParameterVisit& visit) {
      visit.parameter.value().CopyFrom(golden_.Get(visit.name(), GetParam()));
    });
  }

  // Part `index` of a tensor [step, micro, B, T] that is laid out as one list of parts.
  Tensor TracePart(const std::string& name, int64_t index) {
    const Tensor all = golden_.Get("trace." + name);
    const Shape part = {all.shape()[2], all.shape()[3]};
    return Tensor::FromValues<int32_t>(
        part, all.values<int32_t>().subspan(index * part.num_elements(), part.num_elements()));
  }

  MlmBatch Batch() {
    return MakeMlmBatch(golden_.Get("ids"), golden_.Get("attention_mask"), golden_.Get("labels"));
  }

  Golden golden_;
  MiniBert model_;
  Tolerances tolerances_;
  Differences differences_;
};

TEST_P(BertGoldenTest, ParametersHaveTheNamesAndTheOrder) {
  std::vector<std::string> names;
  model_.VisitParameters([&](const nn::ParameterVisit& visit) { names.push_back(visit.name()); });
  EXPECT_EQ(names, golden_.manifest()["parameters"].get<std::vector<std::string>>());
}

TEST_P(BertGoldenTest, HiddenStates) {
  Recording recording({.train = false, .gradients = false});
  const std::vector<Variable> states = model_.HiddenStates(InputsOf(recording, Batch()));
  const size_t layers = golden_.manifest()["config"]["layers"];
  ASSERT_EQ(states.size(), layers + 2);
  for (size_t i = 0; i < states.size(); ++i) {
    const std::string name = "hidden." + (i <= layers ? std::to_string(i) : "norm");
    differences_.Expect("hidden states", RelativeDifference(states[i].value(), golden_.Get(name)),
                        tolerances_.pass, name);
  }
}

TEST_P(BertGoldenTest, LogitsLossAndEveryGradient) {
  const MlmBatch batch = Batch();
  const StepResult result = Differentiate(model_, GetParam(), {batch});
  differences_.Expect("logits", RelativeDifference(result.logits, golden_.Get("logits")),
                      tolerances_.pass, "all");
  differences_.Expect("loss", result.loss, golden_.Get("loss").item(), tolerances_.pass,
                      "the mean");
  model_.VisitParameters([&](const nn::ParameterVisit& visit) {
    ASSERT_TRUE(visit.parameter.has_gradient()) << visit.name();
    differences_.Expect(
        "gradients",
        RelativeDifference(visit.parameter.gradient(), golden_.Get("grad." + visit.name())),
        tolerances_.pass, visit.name());
  });
}

TEST_P(BertGoldenTest, TrainsAsTorch) {
  const nlohmann::json& manifest = golden_.manifest()["training"];
  const int64_t accumulation = manifest["accumulation"];
  const TrainingOptions options(manifest);
  AdamW optimizer(DecayMatricesOnly(model_, options.weight_decay),
                  {.beta1 = options.beta1, .beta2 = options.beta2, .epsilon = options.eps});
  for (const auto& expected : manifest["steps"]) {
    const int64_t s = expected["step"];
    std::vector<MlmBatch> batches;
    for (int64_t i = s * accumulation; i < (s + 1) * accumulation; ++i) {
      batches.push_back(MakeMlmBatch(TracePart("ids", i), TracePart("attention_mask", i),
                                     TracePart("labels", i)));
      EXPECT_EQ(batches.back().masked(), expected["masked"][i - s * accumulation]);
    }
    const StepResult step = TrainStep(model_, GetParam(), batches, options, s, optimizer);
    const std::string where = "step " + std::to_string(s);
    EXPECT_NEAR(step.learning_rate, expected["lr"], 1e-15) << where;
    EXPECT_EQ(step.gradient_norm > options.clip, expected["clipped"].get<bool>()) << where;
    differences_.Expect("losses of training", step.loss, expected["loss"],
                        tolerances_.trained_loss, where);
    differences_.Expect("gradient norms of training", step.gradient_norm, expected["grad_norm"],
                        tolerances_.trained_parameters, where);
  }
  model_.VisitParameters([&](const nn::ParameterVisit& visit) {
    differences_.Expect(
        "trained parameters",
        RelativeDifference(visit.parameter.value(), golden_.Get("final." + visit.name())),
        tolerances_.trained_parameters, visit.name());
  });
}

INSTANTIATE_TEST_SUITE_P(Dtypes, BertGoldenTest,
                         ::testing::Values(DType::kFloat64, DType::kFloat32),
                         [](const auto& info) {
                           return info.param == DType::kFloat64 ? "Float64" : "Float32";
                         });

}  // namespace
}  // namespace hairpin::golden
