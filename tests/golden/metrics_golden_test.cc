// Metrics against scikit-learn's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/metrics/calibration.h"
#include "nn/metrics/confusion_matrix.h"
#include "nn/metrics/ranking.h"
#include "tests/golden/golden.h"

namespace hairpin::golden {
namespace {

constexpr double kTolerance = 1e-12;

class MetricsGoldenTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(cases().empty()); }
  const nlohmann::json& cases() const { return golden_.manifest()["metrics"]; }
  Tensor Get(const nlohmann::json& name) const { return golden_.Get(name.get<std::string>()); }

  const Golden golden_ = Golden::Open("metrics").value();
};

TEST_F(MetricsGoldenTest, ConfusionMatrix) {
  for (const nlohmann::json& c : cases()) {
    SCOPED_TRACE(c["name"].get<std::string>());
    const Tensor scores = Get(c["scores"]);
    ConfusionMatrix matrix(scores.shape()[1]);
    matrix.Add(scores, Get(c["targets"]));
    for (int64_t target = 0; target < matrix.classes(); ++target) {
      for (int64_t k = 0; k < matrix.classes(); ++k) {
        EXPECT_EQ(matrix.count(target, k), c["confusion"][target][k].get<int64_t>());
      }
      EXPECT_NEAR(matrix.Precision(target), c["precision"]["classes"][target], kTolerance);
      EXPECT_NEAR(matrix.Recall(target), c["recall"]["classes"][target], kTolerance);
      EXPECT_NEAR(matrix.F1(target), c["f1"]["classes"][target], kTolerance);
    }
    EXPECT_NEAR(matrix.Accuracy(), c["accuracy"], kTolerance);
    EXPECT_NEAR(matrix.Precision(Average::kMacro), c["precision"]["macro"], kTolerance);
    EXPECT_NEAR(matrix.Recall(Average::kMacro), c["recall"]["macro"], kTolerance);
    EXPECT_NEAR(matrix.F1(Average::kMacro), c["f1"]["macro"], kTolerance);
    EXPECT_NEAR(matrix.Precision(Average::kWeighted), c["precision"]["weighted"], kTolerance);
    EXPECT_NEAR(matrix.Recall(Average::kWeighted), c["recall"]["weighted"], kTolerance);
    EXPECT_NEAR(matrix.F1(Average::kWeighted), c["f1"]["weighted"], kTolerance);
  }
}

TEST_F(MetricsGoldenTest, TopK) {
  for (const nlohmann::json& c : cases()) {
    const Tensor targets = Get(c["targets"]);
    for (const auto& [k, expected] : c["top"].items()) {
      const int64_t count = CountTopK(Get(c["scores"]), targets, std::stoll(k));
      EXPECT_NEAR(static_cast<double>(count) / static_cast<double>(targets.num_elements()),
                  expected, kTolerance)
          << c["name"] << " " << k;
    }
  }
}

TEST_F(MetricsGoldenTest, AreaUnderRoc) {
  int of_classes = 0;
  for (const nlohmann::json& c : cases()) {
    const Tensor targets = Get(c["targets"]);
    const int64_t n = targets.num_elements();
    const auto positive = std::make_unique<bool[]>(n);
    for (int64_t i = 0; i < n; ++i) positive[i] = targets.data<int32_t>()[i] == 0;
    EXPECT_NEAR(AreaUnderRoc(Get(c["binary_scores"]).values<double>(),
                             absl::MakeConstSpan(positive.get(), n)),
                c["auc"], kTolerance)
        << c["name"];
    if (!c.contains("auc_of_classes")) continue;
    EXPECT_NEAR(AreaUnderRoc(Get(c["probabilities"]), targets), c["auc_of_classes"], kTolerance);
    ++of_classes;
  }
  EXPECT_GT(of_classes, 0);
}

TEST_F(MetricsGoldenTest, Calibration) {
  for (const nlohmann::json& c : cases()) {
    SCOPED_TRACE(c["name"].get<std::string>());
    const Tensor confidence = Get(c["confidence"]), targets = Get(c["targets"]);
    const Tensor scores = Get(c["scores"]);
    const int64_t classes = scores.shape()[1];
    Calibration calibration(10);
    for (int64_t i = 0; i < targets.num_elements(); ++i) {
      const double* row = scores.data<double>() + i * classes;
      const bool right = std::max_element(row, row + classes) - row == targets.data<int32_t>()[i];
      calibration.Add(confidence.data<double>()[i], right);
    }
    size_t next = 0;  // scikit-learn leaves out empty bins
    for (const Calibration::Bin& bin : calibration.bins()) {
      if (bin.count == 0) continue;
      ASSERT_LT(next, c["calibration"]["accuracy"].size());
      EXPECT_NEAR(bin.Accuracy(), c["calibration"]["accuracy"][next], kTolerance);
      EXPECT_NEAR(bin.MeanConfidence(), c["calibration"]["confidence"][next], kTolerance);
      ++next;
    }
    EXPECT_EQ(next, c["calibration"]["accuracy"].size());
    EXPECT_NEAR(calibration.BrierScore(), c["brier"], kTolerance);
  }
}

}  // namespace
}  // namespace hairpin::golden
