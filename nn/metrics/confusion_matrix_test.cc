#include "nn/metrics/confusion_matrix.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace hairpin {
namespace {

// Three classes: targets 0 0 0 1 1 2, predictions 0 0 1 1 1 1.
ConfusionMatrix Example() {
  ConfusionMatrix matrix(3);
  for (const auto& [target, prediction] : {std::pair{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 1}, {2, 1}})
    matrix.Add(target, prediction);
  return matrix;
}

TEST(ConfusionMatrixTest, CountsAndRatios) {
  const ConfusionMatrix matrix = Example();
  EXPECT_EQ(matrix.count(0, 1), 1);
  EXPECT_EQ(matrix.count(1, 0), 0);
  EXPECT_EQ(matrix.total(), 6);
  EXPECT_EQ(matrix.correct(), 4);
  EXPECT_DOUBLE_EQ(matrix.Accuracy(), 4.0 / 6);
  EXPECT_DOUBLE_EQ(matrix.Precision(0), 1);
  EXPECT_DOUBLE_EQ(matrix.Recall(0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(matrix.F1(0), 0.8);
  EXPECT_DOUBLE_EQ(matrix.Precision(1), 0.5);
  EXPECT_DOUBLE_EQ(matrix.Recall(1), 1);
  EXPECT_DOUBLE_EQ(matrix.Precision(2), 0);  // never predicted
  EXPECT_DOUBLE_EQ(matrix.Recall(2), 0);
  EXPECT_DOUBLE_EQ(matrix.Recall(Average::kMacro), (2.0 / 3 + 1 + 0) / 3);
  EXPECT_DOUBLE_EQ(matrix.Recall(Average::kWeighted), (3 * (2.0 / 3) + 2 * 1) / 6);
}

TEST(ConfusionMatrixTest, TheMacroAverageLeavesOutClassesThatNeverOccur) {
  ConfusionMatrix matrix(4);
  matrix.Add(0, 0);
  matrix.Add(1, 0);
  EXPECT_DOUBLE_EQ(matrix.Precision(Average::kMacro), 0.25);
  EXPECT_DOUBLE_EQ(matrix.Recall(Average::kMacro), 0.5);
}

TEST(ConfusionMatrixTest, NothingAdded) {
  const ConfusionMatrix matrix(2);
  EXPECT_TRUE(std::isnan(matrix.Accuracy()));
  EXPECT_EQ(matrix.F1(Average::kMacro), 0);
}

template <class T>
void ScoresOfABatch() {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Tensor scores = Tensor::FromValues<T>({4, 3}, {0, 2, 1, 5, 5, 4, nan, -1, -2, 9, 0, 0});
  const Tensor targets = Tensor::FromValues<int32_t>({4}, {1, 0, 2, -100});
  ConfusionMatrix matrix(3);
  matrix.Add(scores, targets);
  EXPECT_EQ(matrix.total(), 3);  // -100 is left out
  EXPECT_EQ(matrix.count(1, 1), 1);
  EXPECT_EQ(matrix.count(0, 0), 1);  // the first of equals
  EXPECT_EQ(matrix.count(2, 1), 1);  // NaN is never the largest
}

TEST(ConfusionMatrixTest, TheLargestScoreIsThePrediction) {
  ScoresOfABatch<float>();
  ScoresOfABatch<double>();
}

TEST(ConfusionMatrixTest, MergedIsAddedOneByOne) {
  ConfusionMatrix twice = Example();
  twice.Merge(Example());
  EXPECT_EQ(twice.total(), 12);
  EXPECT_EQ(twice.count(0, 0), 4);
  EXPECT_EQ(twice.count(2, 1), 2);
}

TEST(ConfusionMatrixTest, Table) {
  EXPECT_EQ(Example().Table({"cat", "dog", "elk"}),
            "target        cat     dog     elk  recall\n"
            "cat             2       1       0   0.667\n"
            "dog             0       2       0   1.000\n"
            "elk             0       1       0   0.000\n"
            "precision   1.000   0.500   0.000   0.667\n");
}

TEST(ConfusionMatrixTest, Report) {
  EXPECT_EQ(Example().Report({"cat", "dog", "a long-haired elk"}),
            "class              targets  precision  recall     F1\n"
            "cat                      3      1.000   0.667  0.800\n"
            "dog                      2      0.500   1.000  0.667\n"
            "a long-haired elk        1      0.000   0.000  0.000\n"
            "macro average            6      0.500   0.556  0.489\n"
            "accuracy                 6                     0.667\n");
}

TEST(ConfusionMatrixTest, CommonestMistakes) {
  ConfusionMatrix matrix = Example();
  matrix.Add(2, 1);
  const auto mistakes = matrix.CommonestMistakes(2);
  ASSERT_EQ(mistakes.size(), 2);
  EXPECT_EQ(mistakes[0].target, 2);
  EXPECT_EQ(mistakes[0].prediction, 1);
  EXPECT_EQ(mistakes[0].count, 2);
  EXPECT_EQ(mistakes[1].target, 0);
  EXPECT_EQ(matrix.CommonestMistakes(9).size(), 2);
}

TEST(ConfusionMatrixDeathTest, SaysWhatDoesNotFit) {
  ConfusionMatrix matrix(2);
  EXPECT_DEATH(matrix.Add(2, 0), "target 2, prediction 0 of 2 classes");
  EXPECT_DEATH(matrix.Add(Tensor::FromValues<float>({1, 3}, {1, 2, 3}),
                          Tensor::FromValues<int32_t>({1}, {0})),
               "scores \\[1, 3\\], targets \\[1\\], 2 classes");
  EXPECT_DEATH(matrix.Merge(ConfusionMatrix(3)), "2 classes and 3");
}

}  // namespace
}  // namespace hairpin
