// Mini-BERT at its full size against PyTorch's, weights and batches filled by a formula.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/mini_bert/mini_bert.h"
#include "optim/adamw.h"
#include "tests/golden/differences.h"
#include "tests/golden/golden.h"
#include "tests/golden/mini_bert_training.h"

namespace hairpin::golden {
namespace {

// x = 1664525 x + 1013904223 mod 2^32, before each draw.
class Lcg {
 public:
  explicit Lcg(uint32_t start) : x_(start) {}
  uint32_t operator()() { return x_ = 1664525u * x_ + 1013904223u; }

 private:
  uint32_t x_;
};

int32_t Below(uint64_t x, uint64_t n) { return static_cast<int32_t>((x * n) >> 32); }

// |a - b| <= tolerance (1 + |b|), see README.md.
struct Tolerances {
  double filling, sums, loss, norms, steps;
};

Tolerances TolerancesOf(DType dtype) {
  return dtype == DType::kFloat64 ? Tolerances{1e-15, 1e-10, 1e-10, 1e-10, 1e-8}
                                  : Tolerances{1e-7, 1e-5, 2e-6, 1e-6, 3e-5};
}

double Norm(const Tensor& tensor) {
  double sum = 0;
  for (const double value : tensor.ToDoubles()) sum += value * value;
  return std::sqrt(sum);
}

class FlagshipGoldenTest : public ::testing::TestWithParam<DType> {
 protected:
  FlagshipGoldenTest()
      : golden_(Golden::Open("flagship").value()),
        model_({.dtype = GetParam()}, ConfigFrom(golden_.manifest()["config"])),
        tolerances_(TolerancesOf(GetParam())),
        differences_(Name(GetParam())) {
    uint32_t start = golden_.manifest()["parameter_lcg_start"];
    model_.VisitParameters([&](const nn::ParameterVisit& visit) {
      Lcg lcg(start++);
      Tensor exact = Tensor::Empty({DType::kFloat64, visit.parameter.spec().shape});
      const bool matrix = exact.shape().rank() == 2;
      const bool norm_weight = visit.name().find("norm.weight") != std::string::npos;
      for (int64_t i = 0; i < exact.num_elements(); ++i) {
        const double uniform = matrix ? static_cast<double>(lcg()) * 0x1p-32 : 0;
        exact.raw<double>()[i] =
            matrix ? 0.02 * std::sqrt(3.0) * (2 * uniform - 1) : norm_weight ? 1 : 0;
      }
      visit.parameter.value().CopyFrom(GetParam() == DType::kFloat64 ? exact
                                                                     : exact.Cast(GetParam()));
    });
  }

  const nlohmann::json& manifest() const { return golden_.manifest(); }
  // PyTorch's run in float64, for both dtypes.
  const nlohmann::json& expected() const { return manifest()["float64"]; }

  MlmBatch Batch(int64_t number) const {
    const int64_t B = manifest()["micro_batch"], T = manifest()["config"]["sequence"];
    const uint64_t V = manifest()["config"]["vocab"];
    Lcg lcg(manifest()["batch_lcg_start"].get<uint32_t>() + static_cast<uint32_t>(number));
    Tensor ids = Tensor::Empty({DType::kInt32, {B, T}});
    Tensor labels = Tensor::Empty({DType::kInt32, {B, T}});
    std::fill_n(labels.raw<int32_t>(), B * T, -100);
    for (int64_t b = 0; b < B; ++b) {
      int32_t* id = ids.raw<int32_t>() + b * T;
      int32_t* label = labels.raw<int32_t>() + b * T;
      for (int64_t t = 0; t < T; ++t) {
        const uint64_t x = lcg();
        id[t] = 5 + Below((((x * x) >> 32) * x) >> 32, V - 5);
      }
      const int32_t count = 4 + Below(lcg(), 13);
      std::vector<uint32_t> choice(T), action(T), other(T);
      for (std::vector<uint32_t>* draws : {&choice, &action, &other}) {
        for (uint32_t& draw : *draws) draw = lcg();
      }
      std::vector<int64_t> order(T);
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](int64_t i, int64_t j) { return choice[i] < choice[j]; });
      for (int32_t k = 0; k < count; ++k) {
        const int64_t t = order[k];
        label[t] = id[t];
        if (action[t] < 3435973836u) {
          id[t] = 4;
        } else if (action[t] < 3865470566u) {
          id[t] = 5 + Below(other[t], V - 5);
        }
      }
    }
    return MakeMlmBatch(ids, Tensor(), labels);
  }

  Golden golden_;
  MiniBert model_;
  Tolerances tolerances_;
  Differences differences_;
};

TEST_P(FlagshipGoldenTest, Filling) {
  EXPECT_EQ(model_.CountParameters(), manifest()["parameters"].get<int64_t>());
  const nlohmann::json& check = manifest()["check"];
  model_.VisitParameters([&](const nn::ParameterVisit& visit) {
    const std::vector<double> values = visit.parameter.value().ToDoubles();
    const nlohmann::json& first = check["first_values"][visit.name()];
    for (size_t i = 0; i < first.size(); ++i) {
      differences_.Expect("first values", values[i], first[i], tolerances_.filling, visit.name());
    }
    differences_.Expect("sums", std::accumulate(values.begin(), values.end(), 0.0),
                        check["sums"][visit.name()], tolerances_.sums, visit.name());
  });
}

TEST_P(FlagshipGoldenTest, Batches) {
  const nlohmann::json& check = manifest()["check"];
  const MlmBatch first = Batch(0);
  const std::vector<int32_t> sequence = check["ids_of_sequence_0"];
  const std::vector<int32_t> labels = check["labels_of_sequence_0"];
  size_t masked = 0;
  for (size_t t = 0; t < sequence.size(); ++t) {
    EXPECT_EQ(first.ids.values<int32_t>()[t], sequence[t]) << t;
    if (labels[t] == -100) continue;
    EXPECT_EQ(first.rows.values<int32_t>()[masked], static_cast<int32_t>(t));
    EXPECT_EQ(first.labels.values<int32_t>()[masked++], labels[t]) << t;
  }
  for (size_t number = 0; number < check["id_sums"].size(); ++number) {
    const MlmBatch batch = Batch(static_cast<int64_t>(number));
    const auto ids = batch.ids.values<int32_t>();
    EXPECT_EQ(std::accumulate(ids.begin(), ids.end(), int64_t{0}), check["id_sums"][number]);
    EXPECT_EQ(batch.masked(), check["masked"][number]);
  }
}

TEST_P(FlagshipGoldenTest, LossAndGradientNorms) {
  const MlmBatch batch = Batch(0);
  const StepResult result = Differentiate(model_, GetParam(), {batch});
  differences_.Expect("loss", result.loss, expected()["loss"], tolerances_.loss, "batch 0");
  differences_.Expect("gradient norm of all", result.gradient_norm, expected()["grad_norm"],
                      tolerances_.norms, "batch 0");
  EXPECT_EQ(batch.masked(), expected()["masked"]);
  EXPECT_EQ(result.correct, expected()["correct"]);
  EXPECT_EQ(static_cast<double>(result.correct) / static_cast<double>(batch.masked()),
            expected()["accuracy"]);
  model_.VisitParameters([&](const nn::ParameterVisit& visit) {
    differences_.Expect("gradient norms", Norm(visit.parameter.gradient()),
                        expected()["grad_norms"][visit.name()], tolerances_.norms, visit.name());
  });
  const std::vector<double> logits = result.logits.ToDoubles();
  for (size_t i = 0; i < expected()["first_logits"].size(); ++i) {
    differences_.Expect("first logits", logits[i], expected()["first_logits"][i],
                        tolerances_.loss, std::to_string(i));
  }
}

TEST_P(FlagshipGoldenTest, Training) {
  const TrainingOptions options(manifest()["training"]);
  const int64_t accumulation = manifest()["training"]["accumulation"];
  AdamW optimizer(DecayMatricesOnly(model_, options.weight_decay),
                  {.beta1 = options.beta1, .beta2 = options.beta2, .epsilon = options.eps});
  for (const nlohmann::json& row : expected()["steps"]) {
    const int64_t step = row["step"];
    std::vector<MlmBatch> micro_batches;
    for (int64_t m = 0; m < accumulation; ++m) {
      micro_batches.push_back(Batch(step * accumulation + m));
      EXPECT_EQ(micro_batches.back().masked(), row["masked"][m]);
    }
    const StepResult result =
        TrainStep(model_, GetParam(), micro_batches, options, step, optimizer);
    const std::string where = "step " + std::to_string(step);
    EXPECT_NEAR(result.learning_rate, row["lr"], 1e-15) << where;
    EXPECT_EQ(result.gradient_norm > options.clip, row["clipped"].get<bool>()) << where;
    differences_.Expect("losses of training", result.loss, row["loss"], tolerances_.steps, where);
    differences_.Expect("gradient norms of training", result.gradient_norm, row["grad_norm"],
                        tolerances_.steps, where);
  }
  model_.VisitParameters([&](const nn::ParameterVisit& visit) {
    differences_.Expect("norms of trained parameters", Norm(visit.parameter.value()),
                        expected()["final_norms"][visit.name()], tolerances_.steps,
                        visit.name());
  });
}

INSTANTIATE_TEST_SUITE_P(DTypes, FlagshipGoldenTest,
                         ::testing::Values(DType::kFloat64, DType::kFloat32),
                         [](const auto& info) { return std::string(Name(info.param)); });

}  // namespace
}  // namespace hairpin::golden
